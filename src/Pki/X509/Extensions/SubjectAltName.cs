using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Further names of the subject.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.6:
/// <code>
/// SubjectAltName ::= GeneralNames
/// </code>
/// </remarks>
public sealed record SubjectAltName(IReadOnlyList<GeneralName> Names)
{
    private const string Clause = "RFC 5280 §4.2.1.6";

    /// <param name="critical">True exactly when the subject field is empty.</param>
    public Extension ToExtension(bool critical = false) => new(Oids.SubjectAltName, critical, Der.Encode(Encode));

    public void Encode(AsnWriter writer) => GeneralNames.Encode(writer, Names);

    public static SubjectAltName Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(encoded, Clause, reader => new SubjectAltName(GeneralNames.Decode(reader, Clause)));
}
