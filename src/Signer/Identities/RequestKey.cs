using System.Security.Cryptography;

namespace EContract.Signer.Identities;

/// <summary>A request by the caller who made it and the id he chose for it: repeated, it gets the same answer.</summary>
/// <param name="Caller">The caller's configured name.</param>
/// <param name="RequestId">Unique for the caller; at most 128 characters.</param>
/// <param name="Fingerprint">SHA-256 of what was asked: the same id with other content is refused.</param>
public sealed record RequestKey(string Caller, string RequestId, byte[] Fingerprint)
{
    public bool Matches(byte[] fingerprint) => CryptographicOperations.FixedTimeEquals(Fingerprint, fingerprint);
}
