using System.Security.Cryptography;

namespace EContract.Audit.Merkle;

/// <summary>The hash tree of RFC 9162 §2.1 (the same as RFC 6962's) over SHA-256.</summary>
public static class MerkleHash
{
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>Hash of the tree without leaves.</summary>
    public static byte[] Empty() => SHA256.HashData([]);

    /// <summary>RFC 9162 §2.1.1: SHA-256(0x01 ‖ left ‖ right).</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Size)];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Size)..]);
        return SHA256.HashData(input);
    }

    /// <summary>Tree head over hashes of one level; the last may stand for an incomplete subtree.</summary>
    public static byte[] Root(ReadOnlySpan<byte[]> hashes)
    {
        if (hashes.Length <= 1)
        {
            return hashes.Length == 0 ? Empty() : hashes[0];
        }

        var split = SplitAt(hashes.Length);
        return Node(Root(hashes[..split]), Root(hashes[split..]));
    }

    /// <summary>The largest power of two smaller than n (RFC 9162 §2.1.1).</summary>
    internal static int SplitAt(int n) => 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(n - 1)));

    /// <inheritdoc cref="SplitAt(int)"/>
    internal static long SplitAt(long n) => 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(n - 1)));
}
