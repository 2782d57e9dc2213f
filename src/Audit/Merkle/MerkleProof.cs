using System.Numerics;

namespace EContract.Audit.Merkle;

/// <summary>Inclusion and consistency proofs of RFC 9162 §2.1.3 and §2.1.4: made from any tree reader, verified with nothing but hashes.</summary>
public static class MerkleProof
{
    /// <summary>PATH(m, D[n]): proof that a leaf is in the tree of this size.</summary>
    public static async Task<List<byte[]>> InclusionAsync(ITreeReader tree, long leaf, long size, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, size);
        var proof = new List<byte[]>();
        await PathAsync(tree, leaf, 0, size, proof, cancellationToken);
        return proof;
    }

    /// <summary>PROOF(m, D[n]): proof that the tree of the larger size begins with the tree of the smaller.</summary>
    public static async Task<List<byte[]>> ConsistencyAsync(ITreeReader tree, long first, long second, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        var proof = new List<byte[]>();
        if (first < second)
        {
            await SubProofAsync(tree, first, 0, second, complete: true, proof, cancellationToken);
        }

        return proof;
    }

    /// <summary>RFC 9162 §2.1.3.2.</summary>
    public static bool VerifyInclusion(
        long leaf,
        long size,
        ReadOnlySpan<byte> leafHash,
        IReadOnlyList<byte[]> proof,
        ReadOnlySpan<byte> root
    )
    {
        if (leaf < 0 || leaf >= size)
        {
            return false;
        }

        var (fn, sn) = (leaf, size - 1);
        var hash = leafHash.ToArray();
        foreach (var sibling in proof)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                hash = MerkleHash.Node(sibling, hash);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                hash = MerkleHash.Node(hash, sibling);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && root.SequenceEqual(hash);
    }

    /// <summary>RFC 9162 §2.1.4.2.</summary>
    public static bool VerifyConsistency(
        long first,
        long second,
        ReadOnlySpan<byte> firstRoot,
        ReadOnlySpan<byte> secondRoot,
        IReadOnlyList<byte[]> proof
    )
    {
        if (first < 1 || first > second)
        {
            return false;
        }

        if (first == second)
        {
            return proof.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        }

        // A tree of 2^k leaves is a node of the larger one: its own root is the first hash.
        List<byte[]> path = BitOperations.IsPow2(first) ? [firstRoot.ToArray(), .. proof] : [.. proof];
        if (path.Count == 0)
        {
            return false;
        }

        var (fn, sn) = (first - 1, second - 1);
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        var (fr, sr) = (path[0], path[0]);
        foreach (var c in path.Skip(1))
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                fr = MerkleHash.Node(c, fr);
                sr = MerkleHash.Node(c, sr);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                sr = MerkleHash.Node(sr, c);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && firstRoot.SequenceEqual(fr) && secondRoot.SequenceEqual(sr);
    }

    private static async Task PathAsync(
        ITreeReader tree,
        long leaf,
        long low,
        long high,
        List<byte[]> proof,
        CancellationToken cancellationToken
    )
    {
        if (high - low == 1)
        {
            return;
        }

        var middle = low + MerkleHash.SplitAt(high - low);
        if (leaf < middle)
        {
            await PathAsync(tree, leaf, low, middle, proof, cancellationToken);
            proof.Add(await HeadAsync(tree, middle, high, cancellationToken));
        }
        else
        {
            await PathAsync(tree, leaf, middle, high, proof, cancellationToken);
            proof.Add(await HeadAsync(tree, low, middle, cancellationToken));
        }
    }

    private static async Task SubProofAsync(
        ITreeReader tree,
        long first,
        long low,
        long high,
        bool complete,
        List<byte[]> proof,
        CancellationToken cancellationToken
    )
    {
        if (first == high)
        {
            if (!complete)
            {
                proof.Add(await HeadAsync(tree, low, high, cancellationToken));
            }

            return;
        }

        var middle = low + MerkleHash.SplitAt(high - low);
        if (first <= middle)
        {
            await SubProofAsync(tree, first, low, middle, complete, proof, cancellationToken);
            proof.Add(await HeadAsync(tree, middle, high, cancellationToken));
        }
        else
        {
            await SubProofAsync(tree, first, middle, high, complete: false, proof, cancellationToken);
            proof.Add(await HeadAsync(tree, low, middle, cancellationToken));
        }
    }

    /// <summary>Head over the leaves low … high−1, where low is aligned as the recursion of RFC 9162 aligns it.</summary>
    private static async ValueTask<byte[]> HeadAsync(ITreeReader tree, long low, long high, CancellationToken cancellationToken)
    {
        var count = high - low;
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.TrailingZeroCount(count);
            return await tree.ReadAsync(level, low >> level, cancellationToken);
        }

        var middle = low + MerkleHash.SplitAt(count);
        var left = await HeadAsync(tree, low, middle, cancellationToken);
        var right = await HeadAsync(tree, middle, high, cancellationToken);
        return MerkleHash.Node(left, right);
    }
}
