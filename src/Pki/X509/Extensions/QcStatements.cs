using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Statements about a qualified certificate: an OID and, if present, its encoded statementInfo.</summary>
/// <remarks>
/// RFC 3739 §3.2.6:
/// <code>
/// QCStatements ::= SEQUENCE OF QCStatement
/// QCStatement ::= SEQUENCE { statementId OBJECT IDENTIFIER, statementInfo ANY DEFINED BY statementId OPTIONAL }
/// </code>
/// </remarks>
public sealed record QcStatements(IReadOnlyList<(string Id, ReadOnlyMemory<byte>? Info)> Statements)
{
    public Extension ToExtension() => new(Oids.QcStatements, false, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (var (id, info) in Statements)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(id);
                    if (info is { } value)
                    {
                        writer.WriteEncodedValue(value.Span);
                    }
                }
            }
        }
    }

    public static QcStatements Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            "RFC 3739 §3.2.6",
            reader =>
            {
                var sequence = reader.ReadSequence();
                var statements = new List<(string, ReadOnlyMemory<byte>?)>();
                while (sequence.HasData)
                {
                    var statement = sequence.ReadSequence();
                    var id = statement.ReadObjectIdentifier();
                    statements.Add((id, statement.HasData ? statement.ReadEncodedValue() : (ReadOnlyMemory<byte>?)null));
                    statement.ThrowIfNotEmpty();
                }

                return new QcStatements(statements);
            }
        );
}
