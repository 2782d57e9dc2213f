using EContract.Signer.Enrollment;
using EContract.Signer.Signing;
using EContract.Signer.Store;

namespace EContract.Signer.Activation;

/// <summary>R7: closes a key and ends everything that was begun with it.</summary>
public sealed class CredentialLock(TimeProvider time)
{
    /// <summary>In the caller's transaction, which holds the credential's row.</summary>
    public async Task LockAsync(SignerContext db, Credential credential, CancellationToken cancellationToken)
    {
        credential.State = CredentialState.Locked;
        credential.LockedAt = time.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        await db.BurnAllAsync(credential.Id, BurnCause.Locked, cancellationToken);
    }
}
