using System.Security.Cryptography;

namespace EContract.Pki.Ers;

/// <summary>Reduced hash trees (RFC 4998 §4.2 and §4.3): the way from data objects up to the root.</summary>
public static class ReducedHashtree
{
    /// <param name="objects">The digest of a data object, or those of all objects of a data group.</param>
    /// <param name="siblings">The nodes beside the way to the root, from below.</param>
    /// <returns>null when one object is the root itself: an archive time-stamp needs no tree then.</returns>
    public static IReadOnlyList<PartialHashtree>? Of(
        IReadOnlyList<ReadOnlyMemory<byte>> objects,
        IReadOnlyList<ReadOnlyMemory<byte>> siblings
    )
    {
        // §4.2: "select all hash values which have the same father node as h": a group's are its own, a single object's its sibling's too.
        var first = new List<ReadOnlyMemory<byte>>(objects);
        int used = 0;
        if (objects.Count == 1)
        {
            if (siblings.Count == 0)
            {
                return null;
            }

            first.Add(siblings[used++]);
        }

        first.Sort(static (a, b) => a.Span.SequenceCompareTo(b.Span));
        return [new PartialHashtree(first), .. siblings.Skip(used).Select(sibling => new PartialHashtree([sibling]))];
    }

    /// <summary>The leaf that stands for a data group: its digests sorted, concatenated and hashed (§4.2 step 3).</summary>
    public static ReadOnlyMemory<byte> GroupLeaf(IReadOnlyList<ReadOnlyMemory<byte>> objects, HashAlgorithmName hash) =>
        HashNodes.Father([.. objects], hash);

    /// <summary>§4.3 step 2: the root that the lists lead to.</summary>
    public static ReadOnlyMemory<byte> Root(IReadOnlyList<PartialHashtree> reducedHashtree, HashAlgorithmName hash)
    {
        ReadOnlyMemory<byte>? node = null;
        foreach (PartialHashtree list in reducedHashtree)
        {
            node = list.Father(node, hash);
        }

        return node ?? throw new ArgumentException("A reduced hash tree has at least one list.", nameof(reducedHashtree));
    }
}
