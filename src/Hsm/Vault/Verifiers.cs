using EContract.Hsm.Keys;

namespace EContract.Hsm.Vault;

/// <summary>
/// Verifiers of the keys used last: making one costs about as much as a verification, and a key that signs one document
/// is likely to sign the next.
/// </summary>
internal sealed class Verifiers
{
    private const int Capacity = 256;
    private readonly Lock _lock = new();
    private readonly Dictionary<ReadOnlyMemory<byte>, PublicKeyVerifier> _known = new(Comparer.Instance);

    public PublicKeyVerifier Of(KeyAlgorithm algorithm, ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(subjectPublicKeyInfo, out var known))
            {
                return known;
            }
        }

        // Of its own memory: the caller's belongs to a blob.
        ReadOnlyMemory<byte> copy = subjectPublicKeyInfo.ToArray();
        var made = new PublicKeyVerifier(algorithm, copy);
        lock (_lock)
        {
            if (_known.Count >= Capacity)
            {
                _known.Clear();
            }

            _known[copy] = made;
        }

        return made;
    }

    private sealed class Comparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj.Span);
            return hash.ToHashCode();
        }
    }
}
