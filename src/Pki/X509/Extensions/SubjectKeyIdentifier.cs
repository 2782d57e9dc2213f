using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>A name for the subject's key.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.2:
/// <code>
/// SubjectKeyIdentifier ::= KeyIdentifier   -- OCTET STRING
/// </code>
/// </remarks>
public sealed record SubjectKeyIdentifier(ReadOnlyMemory<byte> KeyIdentifier)
{
    /// <summary>Never critical.</summary>
    public Extension ToExtension() => new(Oids.SubjectKeyIdentifier, false, Der.Encode(Encode));

    public void Encode(AsnWriter writer) => writer.WriteOctetString(KeyIdentifier.Span);

    public static SubjectKeyIdentifier Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(encoded, "RFC 5280 §4.2.1.2", reader => new SubjectKeyIdentifier(reader.ReadOctetString()));
}
