using System.Security.Cryptography;

namespace EContract.Pki.Ers;

/// <summary>
/// A binary hash tree (RFC 4998 §4.2) with all its nodes, level by level in one array each: twice the size of its leaves. A node
/// without a sibling rises to the next level as it is. Immutable, thread-safe.
/// </summary>
/// <remarks>
/// Every block of 2^n leaves has a node of its own on level n, so that a large tree is a tree over the roots of its blocks:
/// <see cref="BlockedHashTree"/> keeps only those.
/// </remarks>
public sealed class HashTree
{
    private readonly byte[][] _levels;
    private readonly int _length;

    /// <param name="leaves">Digests of <paramref name="hash"/>, one after the other; at least one.</param>
    public HashTree(HashAlgorithmName hash, ReadOnlySpan<byte> leaves)
    {
        _length = HashAlgorithms.DigestLength(hash);
        if (leaves.IsEmpty || leaves.Length % _length != 0)
        {
            throw new ArgumentException($"One or more {hash.Name} digests were expected.", nameof(leaves));
        }

        var levels = new List<byte[]> { leaves.ToArray() };
        Span<byte> pair = stackalloc byte[2 * _length];
        while (levels[^1].Length > _length)
        {
            byte[] below = levels[^1];
            int count = below.Length / _length;
            byte[] level = new byte[(count + 1) / 2 * _length];
            for (int i = 0; i + 1 < count; i += 2)
            {
                ReadOnlySpan<byte> left = below.AsSpan(i * _length, _length);
                ReadOnlySpan<byte> right = below.AsSpan((i + 1) * _length, _length);
                HashNodes.Father(left, right, pair, level.AsSpan(i / 2 * _length, _length), hash);
            }

            if (count % 2 == 1)
            {
                below.AsSpan((count - 1) * _length).CopyTo(level.AsSpan(count / 2 * _length));
            }

            levels.Add(level);
        }

        _levels = [.. levels];
        Hash = hash;
    }

    public HashAlgorithmName Hash { get; }

    public int Count => _levels[0].Length / _length;

    public ReadOnlyMemory<byte> Root => _levels[^1];

    public ReadOnlyMemory<byte> Leaf(int index) => _levels[0].AsMemory(index * _length, _length);

    /// <summary>The nodes beside the way from a leaf up to the root, from below. Empty when the leaf is the root.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Siblings(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var siblings = new List<ReadOnlyMemory<byte>>(_levels.Length - 1);
        foreach (byte[] level in _levels.AsSpan(0, _levels.Length - 1))
        {
            int at = (index ^ 1) * _length;
            if (at < level.Length)
            {
                siblings.Add(level.AsMemory(at, _length));
            }

            index /= 2;
        }

        return siblings;
    }

    /// <summary>§4.2: the reduced hash tree of one leaf; null when the leaf is the root and needs none.</summary>
    public IReadOnlyList<PartialHashtree>? Reduce(int index) => ReducedHashtree.Of([Leaf(index)], Siblings(index));
}
