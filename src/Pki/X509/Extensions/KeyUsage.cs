using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>What the key may be used for.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.3:
/// <code>
/// KeyUsage ::= BIT STRING {
///   digitalSignature (0), nonRepudiation (1), keyEncipherment (2), dataEncipherment (3),
///   keyAgreement (4), keyCertSign (5), cRLSign (6), encipherOnly (7), decipherOnly (8) }
/// </code>
/// </remarks>
public sealed record KeyUsage(KeyUsages Usages)
{
    private const string Clause = "RFC 5280 §4.2.1.3";

    /// <summary>Critical, as a conforming CA should mark it.</summary>
    public Extension ToExtension() => new(Oids.KeyUsage, true, Der.Encode(Encode));

    // A named bit list drops trailing zero bits (X.690 §11.2.2); AsnWriter does so for [Flags] enums.
    public void Encode(AsnWriter writer) => writer.WriteNamedBitList(Usages);

    public static KeyUsage Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(encoded, Clause, reader => new KeyUsage(reader.ReadNamedBitListValue<KeyUsages>()));
}
