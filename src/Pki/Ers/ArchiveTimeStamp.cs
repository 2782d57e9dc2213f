using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;

namespace EContract.Pki.Ers;

/// <summary>A time-stamp with the way from data objects to what it covers.</summary>
/// <remarks>
/// RFC 4998 §4.1 (IMPLICIT TAGS)
/// <code>
/// ArchiveTimeStamp ::= SEQUENCE {
///   digestAlgorithm  [0] AlgorithmIdentifier OPTIONAL,
///   attributes       [1] Attributes OPTIONAL,
///   reducedHashtree  [2] SEQUENCE OF PartialHashtree OPTIONAL,
///   timeStamp        ContentInfo }
/// Attributes ::= SET SIZE (1..MAX) OF Attribute
/// </code>
/// </remarks>
public sealed record ArchiveTimeStamp
{
    internal const string Clause = "RFC 4998 §4.1";
    private static readonly Asn1Tag DigestAlgorithmTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag AttributesTag = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag ReducedHashtreeTag = new(TagClass.ContextSpecific, 2, isConstructed: true);

    /// <summary>null: "the digest algorithm of the timestamp MUST be used".</summary>
    public AlgorithmIdentifier? DigestAlgorithm { get; init; }

    public IReadOnlyList<CmsAttribute> Attributes { get; init; } = [];

    /// <summary>From the data objects up; null when the time-stamp covers one data object alone.</summary>
    public IReadOnlyList<PartialHashtree>? ReducedHashtree { get; init; }

    /// <summary>The whole ContentInfo of the token.</summary>
    public required ReadOnlyMemory<byte> TimeStamp { get; init; }

    /// <summary>The algorithm of the hash tree: stated, or the time-stamp's; null when it is not known here.</summary>
    /// <exception cref="MalformedException">The time-stamp is no token.</exception>
    public HashAlgorithmName? Hash() =>
        HashAlgorithms.FromOid((DigestAlgorithm ?? TimeStampToken.Decode(TimeStamp).TstInfo.MessageImprint.HashAlgorithm).Oid);

    public static ArchiveTimeStamp Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        AlgorithmIdentifier? digestAlgorithm = null;
        if (Next(sequence, DigestAlgorithmTag))
        {
            // IMPLICIT: the SEQUENCE of AlgorithmIdentifier under the tag [0]
            AsnReader algorithm = sequence.ReadSequence(DigestAlgorithmTag);
            string oid = algorithm.ReadObjectIdentifier();
            digestAlgorithm = new AlgorithmIdentifier(
                oid,
                algorithm.HasData ? algorithm.ReadEncodedValue() : default(ReadOnlyMemory<byte>?)
            );
            algorithm.ThrowIfNotEmpty();
        }

        var attributes = new List<CmsAttribute>();
        if (Next(sequence, AttributesTag))
        {
            AsnReader set = sequence.ReadSetOf(AttributesTag);
            do
            {
                attributes.Add(CmsAttribute.Decode(set));
            } while (set.HasData);
        }

        List<PartialHashtree>? tree = null;
        if (Next(sequence, ReducedHashtreeTag))
        {
            tree = [];
            AsnReader lists = sequence.ReadSequence(ReducedHashtreeTag);
            do
            {
                tree.Add(PartialHashtree.Decode(lists));
            } while (lists.HasData);
        }

        ReadOnlyMemory<byte> timeStamp = sequence.ReadEncodedValue();
        sequence.ThrowIfNotEmpty();
        return new ArchiveTimeStamp
        {
            DigestAlgorithm = digestAlgorithm,
            Attributes = attributes,
            ReducedHashtree = tree,
            TimeStamp = timeStamp,
        };
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (DigestAlgorithm is { } algorithm)
            {
                using (writer.PushSequence(DigestAlgorithmTag))
                {
                    writer.WriteObjectIdentifier(algorithm.Oid);
                    if (algorithm.Parameters is { } parameters)
                    {
                        writer.WriteEncodedValue(parameters.Span);
                    }
                }
            }

            if (Attributes.Count > 0)
            {
                using (writer.PushSetOf(AttributesTag))
                {
                    foreach (CmsAttribute attribute in Attributes)
                    {
                        attribute.Encode(writer);
                    }
                }
            }

            if (ReducedHashtree is { } tree)
            {
                using (writer.PushSequence(ReducedHashtreeTag))
                {
                    foreach (PartialHashtree list in tree)
                    {
                        list.Encode(writer);
                    }
                }
            }

            writer.WriteEncodedValue(TimeStamp.Span);
        }
    }

    private static bool Next(AsnReader reader, Asn1Tag tag) => reader.HasData && reader.PeekTag().HasSameClassAndValue(tag);
}
