using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>In which part of the name space the subjects of all following certificates must lie.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.10:
/// <code>
/// NameConstraints ::= SEQUENCE {
///   permittedSubtrees [0] GeneralSubtrees OPTIONAL,
///   excludedSubtrees  [1] GeneralSubtrees OPTIONAL }
/// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
/// </code>
/// </remarks>
public sealed record NameConstraints(IReadOnlyList<GeneralSubtree> Permitted, IReadOnlyList<GeneralSubtree> Excluded)
{
    private const string Clause = "RFC 5280 §4.2.1.10";
    private static readonly Asn1Tag PermittedTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExcludedTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>Critical, as a conforming CA must mark it.</summary>
    public Extension ToExtension() => new(Oids.NameConstraints, true, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            EncodeSubtrees(writer, PermittedTag, Permitted);
            EncodeSubtrees(writer, ExcludedTag, Excluded);
        }
    }

    public static NameConstraints Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var permitted = DecodeSubtrees(sequence, PermittedTag);
                var excluded = DecodeSubtrees(sequence, ExcludedTag);
                sequence.ThrowIfNotEmpty();
                return permitted.Count + excluded.Count > 0
                    ? new NameConstraints(permitted, excluded)
                    : throw new MalformedException(Clause, "neither permittedSubtrees nor excludedSubtrees");
            }
        );

    private static void EncodeSubtrees(AsnWriter writer, Asn1Tag tag, IReadOnlyList<GeneralSubtree> subtrees)
    {
        if (subtrees.Count == 0)
        {
            return;
        }

        using (writer.PushSequence(tag))
        {
            foreach (var subtree in subtrees)
            {
                subtree.Encode(writer);
            }
        }
    }

    private static List<GeneralSubtree> DecodeSubtrees(AsnReader reader, Asn1Tag tag)
    {
        var subtrees = new List<GeneralSubtree>();
        if (!reader.HasData || !reader.PeekTag().HasSameClassAndValue(tag))
        {
            return subtrees;
        }

        var sequence = reader.ReadSequence(tag);
        do
        {
            subtrees.Add(GeneralSubtree.Decode(sequence));
        } while (sequence.HasData);
        return subtrees;
    }
}
