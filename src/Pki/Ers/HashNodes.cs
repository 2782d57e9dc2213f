using System.Security.Cryptography;

namespace EContract.Pki.Ers;

/// <summary>The one rule of the trees of RFC 4998 §4.2: sort in binary ascending order, concatenate, hash.</summary>
internal static class HashNodes
{
    /// <summary>A value alone stays as it is (§4.2 step 3 hashes "more than one").</summary>
    public static ReadOnlyMemory<byte> Father(List<ReadOnlyMemory<byte>> values, HashAlgorithmName hash)
    {
        if (values.Count == 1)
        {
            return values[0];
        }

        values.Sort(static (a, b) => a.Span.SequenceCompareTo(b.Span));
        using var digest = IncrementalHash.CreateHash(hash);
        foreach (ReadOnlyMemory<byte> value in values)
        {
            digest.AppendData(value.Span);
        }

        return digest.GetHashAndReset();
    }

    /// <summary>The father of two values of the same length.</summary>
    /// <param name="pair">Room for both.</param>
    public static void Father(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> pair, Span<byte> father, HashAlgorithmName hash)
    {
        bool ascending = left.SequenceCompareTo(right) <= 0;
        (ascending ? left : right).CopyTo(pair);
        (ascending ? right : left).CopyTo(pair[left.Length..]);
        CryptographicOperations.HashData(hash, pair, father);
    }
}
