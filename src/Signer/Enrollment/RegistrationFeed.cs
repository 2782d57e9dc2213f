using EContract.Audit;
using EContract.Signer.Store;
using Microsoft.Extensions.Logging;

namespace EContract.Signer.Enrollment;

/// <summary>R7: an unlock that maker and approver agreed on lets the subscriber try again, with the count of wrong attempts at zero.</summary>
public sealed class RegistrationFeed(
    SignerDatabase database,
    IRegistrationAuthority registration,
    AuditLog audit,
    TimeProvider time,
    ILogger<RegistrationFeed> logger
) : FeedReader<RegistrationChange>(database, "registration", time, logger)
{
    protected override IAsyncEnumerable<RegistrationChange> WatchAsync(string cursor, CancellationToken cancellationToken) =>
        registration.WatchAsync(cursor, cancellationToken);

    protected override string CursorOf(RegistrationChange change) => change.Cursor;

    protected override async Task ApplyAsync(SignerContext db, RegistrationChange change, CancellationToken cancellationToken)
    {
        if (change.Unlock is not { } id)
        {
            return;
        }

        if (
            await db.FindCredentialAsync(id, cancellationToken) is null
            || await db.LockCredentialAsync(id, cancellationToken) is not { State: CredentialState.Locked } credential
        )
        {
            return;
        }

        credential.State = CredentialState.Unlocking;
        credential.FailedAttempts = 0;
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync(
            db,
            CredentialEvents.Of(
                new CallOrigin("registration-feed", $"change-{change.ChangeId}"),
                credential,
                "credential.unlock_approved",
                ("change", change.ChangeId)
            ),
            cancellationToken
        );
    }
}
