using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.Cms;

/// <summary>The first form of the attribute that binds the signer's certificate, with SHA-1. Only read: it is met in old signatures.</summary>
/// <remarks>
/// RFC 2634 §5.4
/// <code>
/// SigningCertificate ::= SEQUENCE {
///   certs     SEQUENCE OF ESSCertID,
///   policies  SEQUENCE OF PolicyInformation OPTIONAL }
/// ESSCertID ::= SEQUENCE {
///   certHash      OCTET STRING,  -- SHA-1 over the whole DER certificate
///   issuerSerial  IssuerSerial OPTIONAL }
/// </code>
/// </remarks>
public static class SigningCertificate
{
    private const string Clause = "RFC 2634 §5.4";

    /// <summary>The identifiers in the newer form, their hash algorithm named.</summary>
    /// <exception cref="MalformedException">Not a SigningCertificate.</exception>
    public static SigningCertificateV2 Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            static reader =>
            {
                AsnReader sequence = reader.ReadSequence();
                AsnReader certs = sequence.ReadSequence();
                var ids = new List<EssCertIdV2>(1);
                while (certs.HasData)
                {
                    ids.Add(ReadId(certs.ReadSequence()));
                }

                if (sequence.HasData)
                {
                    sequence.ReadSequence(); // policies: nothing here depends on them
                }

                sequence.ThrowIfNotEmpty();
                return ids.Count > 0 ? new SigningCertificateV2(ids) : throw new MalformedException(Clause, "certs is empty.");
            },
            AsnEncodingRules.BER
        );

    private static EssCertIdV2 ReadId(AsnReader sequence)
    {
        byte[] hash = sequence.ReadOctetString();
        ReadOnlyMemory<byte>? issuer = null;
        SerialNumber? serial = null;
        if (sequence.HasData)
        {
            AsnReader issuerSerial = sequence.ReadSequence();
            issuer = issuerSerial.ReadEncodedValue();
            serial = SerialNumber.Decode(issuerSerial);
            issuerSerial.ThrowIfNotEmpty();
        }

        sequence.ThrowIfNotEmpty();
        return new EssCertIdV2(new AlgorithmIdentifier(Oids.Sha1), hash, issuer, serial);
    }
}
