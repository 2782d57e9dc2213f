using System.Collections.Concurrent;
using System.Security.Cryptography;
using EContract.Hsm.Vault;
using EContract.Pki.Cms;
using EContract.Signer.Enrollment;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>A seal whose key is open on this node.</summary>
internal sealed class OpenSeal(SealSession session, Credential credential, UnwrappedKey key) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(HashAlgorithmName Hash, bool Pss), CadesSigner> _signers = new();
    private long _standingKnownAt = long.MinValue; // by Interlocked: time-stamp of the newest good answer

    public SealSession Session => session;

    public Credential Credential => credential;

    public UnwrappedKey Key => key;

    public CadesSigner Signer(HashAlgorithmName hash, bool pss) =>
        _signers.GetOrAdd((hash, pss), k => CmsItems.Signer(credential, k.Hash, k.Pss));

    /// <summary>R12: asks the authority again when what is known is older than <paramref name="age"/>.</summary>
    public async Task<CertificateStanding> StandingAsync(
        ICertificateAuthority authority,
        TimeSpan age,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var known = Interlocked.Read(ref _standingKnownAt);
        if (known != long.MinValue && time.GetElapsedTime(known) < age)
        {
            return CertificateStanding.Good;
        }

        var asked = time.GetTimestamp();
        var standing = await authority.GetStandingAsync(credential.SerialNumber!, cancellationToken);
        if (standing == CertificateStanding.Good)
        {
            Interlocked.Exchange(ref _standingKnownAt, asked);
        }

        return standing;
    }

    public ValueTask DisposeAsync() => key.DisposeAsync();
}
