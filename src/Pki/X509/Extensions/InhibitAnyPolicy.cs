using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>After how many more certificates anyPolicy no longer stands for every policy.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.14:
/// <code>
/// InhibitAnyPolicy ::= SkipCerts
/// </code>
/// </remarks>
public sealed record InhibitAnyPolicy(int Skip)
{
    private const string Clause = "RFC 5280 §4.2.1.14";

    /// <summary>Critical, as a conforming CA must mark it.</summary>
    public Extension ToExtension() => new(Oids.InhibitAnyPolicy, true, Der.Encode(writer => writer.WriteInteger(Skip)));

    public static InhibitAnyPolicy Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(encoded, Clause, (AsnReader reader) => new InhibitAnyPolicy(SkipCerts.Read(reader, Clause)));
}
