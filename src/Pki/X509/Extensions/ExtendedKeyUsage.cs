using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Purposes beyond KeyUsage.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.12:
/// <code>
/// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId   -- OBJECT IDENTIFIER
/// </code>
/// </remarks>
public sealed record ExtendedKeyUsage(IReadOnlyList<string> Purposes)
{
    private const string Clause = "RFC 5280 §4.2.1.12";

    public Extension ToExtension(bool critical) => new(Oids.ExtendedKeyUsage, critical, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (var purpose in Purposes)
            {
                writer.WriteObjectIdentifier(purpose);
            }
        }
    }

    public static ExtendedKeyUsage Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var purposes = new List<string>();
                while (sequence.HasData)
                {
                    purposes.Add(sequence.ReadObjectIdentifier());
                }

                return purposes.Count > 0 ? new ExtendedKeyUsage(purposes) : throw new MalformedException(Clause, "no KeyPurposeId");
            }
        );
}
