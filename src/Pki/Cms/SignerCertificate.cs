using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.Cms;

/// <summary>The parts of a certificate that a CMS signer needs: how it is named, and the key that its signatures must verify with.</summary>
/// <remarks>RFC 5280 §4.1: tbsCertificate up to subjectPublicKeyInfo.</remarks>
internal sealed record SignerCertificate(
    ReadOnlyMemory<byte> Encoded,
    ReadOnlyMemory<byte> Issuer,
    SerialNumber Serial,
    ReadOnlyMemory<byte> SubjectPublicKeyInfo
)
{
    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public static SignerCertificate Decode(ReadOnlyMemory<byte> certificate) =>
        Der.Decode(
            certificate,
            "RFC 5280 §4.1",
            reader =>
            {
                AsnReader tbs = reader.ReadSequence().ReadSequence();
                if (tbs.PeekTag().HasSameClassAndValue(Version))
                {
                    tbs.ReadEncodedValue();
                }

                var serial = SerialNumber.Decode(tbs);
                tbs.ReadSequence(); // signature
                ReadOnlyMemory<byte> issuer = tbs.ReadEncodedValue();
                tbs.ReadSequence(); // validity
                tbs.ReadSequence(); // subject
                return new SignerCertificate(certificate, issuer, serial, tbs.ReadEncodedValue());
            }
        );
}
