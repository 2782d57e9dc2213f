using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Whether the subject is a CA, and how many CAs may follow it.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.9:
/// <code>
/// BasicConstraints ::= SEQUENCE {
///   cA                 BOOLEAN DEFAULT FALSE,
///   pathLenConstraint  INTEGER (0..MAX) OPTIONAL }
/// </code>
/// </remarks>
public sealed record BasicConstraints(bool CA, int? PathLenConstraint)
{
    private const string Clause = "RFC 5280 §4.2.1.9";

    /// <summary>Critical, as a conforming CA must mark it.</summary>
    public Extension ToExtension() => new(Oids.BasicConstraints, true, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (CA)
            {
                writer.WriteBoolean(true);
            }

            if (PathLenConstraint is { } length)
            {
                writer.WriteInteger(length);
            }
        }
    }

    public static BasicConstraints Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var ca = false;
                if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
                {
                    ca = sequence.ReadBoolean();
                    if (!ca)
                    {
                        throw new MalformedException(Clause, "cA FALSE is encoded though it is the default");
                    }
                }

                int? length = null;
                if (sequence.HasData)
                {
                    length =
                        sequence.TryReadInt32(out var value) && value >= 0
                            ? value
                            : throw new MalformedException(Clause, "pathLenConstraint is out of range");
                }

                sequence.ThrowIfNotEmpty();
                return new BasicConstraints(ca, length);
            }
        );
}
