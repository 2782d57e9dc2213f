using System.Security.Cryptography;

namespace EContract.Validation.Proofs;

/// <summary>
/// The proofs of existence gathered so far: for each object, by the digest of its bytes, the earliest. What was never named is known to exist
/// at the validation time only. Belongs to one validation.
/// </summary>
public sealed class ProofSet(DateTimeOffset validationTime)
{
    private readonly Dictionary<string, ProofOfExistence> _earliest = [];

    /// <summary>ETSI EN 319 102-1 §5.6.3.4 step 2: everything at hand exists at the validation time.</summary>
    public ProofOfExistence Now { get; } = new(validationTime, "validation");

    public void Add(ReadOnlyMemory<byte> item, ProofOfExistence proof)
    {
        var key = KeyOf(item);
        if (!_earliest.TryGetValue(key, out var known) || proof.Time < known.Time)
        {
            _earliest[key] = proof;
        }
    }

    /// <summary>The earliest time at which the object is proven to have existed.</summary>
    public ProofOfExistence EarliestOf(ReadOnlyMemory<byte> item) =>
        _earliest.TryGetValue(KeyOf(item), out var proof) && proof.Time < Now.Time ? proof : Now;

    public bool ExistedAt(ReadOnlyMemory<byte> item, DateTimeOffset time) => EarliestOf(item).Time <= time;

    private static string KeyOf(ReadOnlyMemory<byte> item) => Convert.ToHexString(SHA256.HashData(item.Span));
}
