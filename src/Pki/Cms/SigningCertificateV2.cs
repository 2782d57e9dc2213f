using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;

namespace EContract.Pki.Cms;

/// <summary>
/// Binds the signer's certificate into what is signed, so that another certificate for the same key can't be put in its place.
/// </summary>
/// <remarks>
/// RFC 5035 §3
/// <code>
/// SigningCertificateV2 ::= SEQUENCE {
///   certs     SEQUENCE OF ESSCertIDv2,
///   policies  SEQUENCE OF PolicyInformation OPTIONAL }
/// </code>
/// </remarks>
/// <param name="Certs">The first identifies the signer's certificate.</param>
public sealed record SigningCertificateV2(IReadOnlyList<EssCertIdV2> Certs)
{
    private const string Clause = "RFC 5035 §3";

    internal static CmsAttribute AttributeFor(SignerCertificate certificate, HashAlgorithmName hash) =>
        CmsAttribute.Create(Oids.SigningCertificateV2, new SigningCertificateV2([EssCertIdV2.For(certificate, hash)]).Encode);

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
                    ids.Add(EssCertIdV2.Decode(certs));
                }

                if (ids.Count == 0)
                {
                    throw new MalformedException(Clause, "certs is empty.");
                }

                if (sequence.HasData)
                {
                    sequence.ReadSequence(); // policies: nothing here depends on them
                }

                sequence.ThrowIfNotEmpty();
                return new SigningCertificateV2(ids);
            },
            AsnEncodingRules.BER
        );

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            foreach (EssCertIdV2 id in Certs)
            {
                id.Encode(writer);
            }
        }
    }
}
