using System.Security.Cryptography;

namespace EContract.Validation.BuildingBlocks;

/// <summary>Digests of signed content: each hash is computed once, however many checks want it, and the content is never held whole.</summary>
internal sealed class ContentDigests
{
    private readonly Dictionary<string, byte[]> _digests = [];
    private readonly Action<Action<ReadOnlySpan<byte>>>? _read;

    /// <param name="read">Feeds the content, in blocks, to a consumer.</param>
    public ContentDigests(Action<Action<ReadOnlySpan<byte>>> read) => _read = read;

    private ContentDigests(HashAlgorithmName hash, ReadOnlyMemory<byte> digest) => _digests[hash.Name!] = digest.ToArray();

    /// <summary>Content that is in memory.</summary>
    public static ContentDigests Of(ReadOnlyMemory<byte> content) => new(consumer => consumer(content.Span));

    /// <summary>Content of which only one digest is known.</summary>
    public static ContentDigests Known(HashAlgorithmName hash, ReadOnlyMemory<byte> digest) => new(hash, digest);

    /// <summary>Null if the content is not at hand and this is not the digest that is known, or the platform lacks the hash.</summary>
    public ReadOnlyMemory<byte>? Compute(HashAlgorithmName hash)
    {
        if (_digests.TryGetValue(hash.Name!, out var digest))
        {
            return digest;
        }

        if (_read is null || !Pki.HashAlgorithms.IsSupported(hash))
        {
            return null;
        }

        using var running = IncrementalHash.CreateHash(hash);
        _read(running.AppendData);
        return _digests[hash.Name!] = running.GetHashAndReset();
    }
}
