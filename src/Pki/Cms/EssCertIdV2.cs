using System.Formats.Asn1;
using System.Security.Cryptography;

namespace EContract.Pki.Cms;

/// <summary>The hash of a certificate, optionally with its issuer and serial number.</summary>
/// <remarks>
/// RFC 5035 §4
/// <code>
/// ESSCertIDv2 ::= SEQUENCE {
///   hashAlgorithm  AlgorithmIdentifier DEFAULT {algorithm id-sha256},
///   certHash       Hash,
///   issuerSerial   IssuerSerial OPTIONAL }
/// IssuerSerial ::= SEQUENCE {
///   issuer        GeneralNames,
///   serialNumber  CertificateSerialNumber }
/// </code>
/// </remarks>
/// <param name="HashAlgorithm">The hash algorithm's identifier.</param>
/// <param name="CertHash">Over the whole DER certificate.</param>
/// <param name="IssuerGeneralNames">The whole encoding of GeneralNames; null when issuerSerial is absent.</param>
/// <param name="Serial">null when issuerSerial is absent.</param>
public sealed record EssCertIdV2(
    AlgorithmIdentifier HashAlgorithm,
    ReadOnlyMemory<byte> CertHash,
    ReadOnlyMemory<byte>? IssuerGeneralNames,
    SerialNumber? Serial
)
{
    private static readonly Asn1Tag DirectoryName = new(TagClass.ContextSpecific, 4, isConstructed: true);

    internal static EssCertIdV2 For(SignerCertificate certificate, HashAlgorithmName hash) =>
        new(
            HashAlgorithms.Identifier(hash),
            CryptographicOperations.HashData(hash, certificate.Encoded.Span),
            Asn1.Der.Encode(writer =>
            {
                using (writer.PushSequence()) // GeneralNames
                using (writer.PushSequence(DirectoryName)) // Name is a CHOICE, so the tag is explicit
                {
                    writer.WriteEncodedValue(certificate.Issuer.Span);
                }
            }),
            certificate.Serial
        );

    public static EssCertIdV2 Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        AlgorithmIdentifier algorithm = sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence)
            ? AlgorithmIdentifier.Decode(sequence)
            : HashAlgorithms.Identifier(HashAlgorithmName.SHA256);
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
        return new EssCertIdV2(algorithm, hash, issuer, serial);
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            // X.690 §11.5: a component equal to its default is not encoded
            if (HashAlgorithm.Oid != Oids.Sha256)
            {
                HashAlgorithm.Encode(writer);
            }

            writer.WriteOctetString(CertHash.Span);
            if (IssuerGeneralNames is { } issuer && Serial is { } serial)
            {
                using (writer.PushSequence())
                {
                    writer.WriteEncodedValue(issuer.Span);
                    serial.Encode(writer);
                }
            }
        }
    }
}
