using System.Globalization;
using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Signatures;

namespace EContract.Validation.Policies;

/// <summary>
/// The cryptographic constraints (ETSI EN 319 102-1 §5.1.4.4) as data: which keys and hashes are reliable, and until when. An RSA or DSA key
/// follows the row of the largest size that is not above its own.
/// </summary>
public sealed class AlgorithmConstraints
{
    private readonly Dictionary<string, DateTimeOffset?> _hashes;
    private readonly Dictionary<string, DateTimeOffset?> _keys;

    public AlgorithmConstraints(IReadOnlyList<AlgorithmConstraint> keys, IReadOnlyList<AlgorithmConstraint> hashes)
    {
        Keys = keys;
        Hashes = hashes;
        _keys = keys.ToDictionary(row => row.Algorithm, row => row.Sunset, StringComparer.Ordinal);
        _hashes = hashes.ToDictionary(row => row.Algorithm, row => row.Sunset, StringComparer.Ordinal);
    }

    public IReadOnlyList<AlgorithmConstraint> Keys { get; }

    public IReadOnlyList<AlgorithmConstraint> Hashes { get; }

    /// <summary>What makes the use of a signature algorithm with a key unreliable at a time, in words; null if nothing does.</summary>
    public string? FindWeakness(AlgorithmIdentifier algorithm, SubjectPublicKeyInfo key, DateTimeOffset time) =>
        SignatureVerifier.HashOf(algorithm) is { } hash
            ? FindWeakness(hash, time) ?? Judge(KeyStrengths.NameOf(key), RowOf(key), time)
            : $"signature algorithm {algorithm.Oid} is not known";

    /// <summary>What makes a hash unreliable at a time, in words; null if nothing does.</summary>
    public string? FindWeakness(HashAlgorithmName hash, DateTimeOffset time) =>
        Judge(hash.Name!, _hashes.TryGetValue(hash.Name!, out var sunset) ? new Row(sunset) : null, time);

    /// <summary>Until when (exclusive) a signature algorithm with a key is reliable: MinValue if never, null if no end is known.</summary>
    public DateTimeOffset? SunsetOf(AlgorithmIdentifier algorithm, SubjectPublicKeyInfo key) =>
        SignatureVerifier.HashOf(algorithm) is { } hash ? Earlier(SunsetOf(hash), SunsetOf(RowOf(key))) : DateTimeOffset.MinValue;

    /// <summary>Until when (exclusive) a hash is reliable: MinValue if never, null if no end is known.</summary>
    public DateTimeOffset? SunsetOf(HashAlgorithmName hash) =>
        SunsetOf(_hashes.TryGetValue(hash.Name!, out var sunset) ? new Row(sunset) : null);

    private Row? RowOf(SubjectPublicKeyInfo key)
    {
        var name = KeyStrengths.NameOf(key);
        if (_keys.TryGetValue(name, out var sunset))
        {
            return new Row(sunset);
        }

        var (family, size) = KeyStrengths.Split(name);
        return _keys
            .Select(row => (Key: KeyStrengths.Split(row.Key), Sunset: row.Value))
            .Where(row => size > 0 && row.Key.Family == family && row.Key.Size > 0 && row.Key.Size <= size)
            .OrderByDescending(row => row.Key.Size)
            .Select(row => new Row(row.Sunset))
            .FirstOrDefault();
    }

    private static string? Judge(string name, Row? row, DateTimeOffset time) =>
        row is null ? $"{name} is not in the algorithm policy"
        : row.Sunset <= time ? string.Create(CultureInfo.InvariantCulture, $"{name} is not reliable since {row.Sunset:yyyy-MM-dd}")
        : null;

    private static DateTimeOffset? SunsetOf(Row? row) => row is null ? DateTimeOffset.MinValue : row.Sunset;

    private static DateTimeOffset? Earlier(DateTimeOffset? left, DateTimeOffset? right) =>
        left is null ? right
        : right is null || left < right ? left
        : right;

    private sealed record Row(DateTimeOffset? Sunset);
}
