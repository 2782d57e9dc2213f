using EContract.Audit;
using EContract.Signer.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace EContract.Signer.Enrollment;

/// <summary>R7: an unlock that maker and approver agreed on lets the subscriber try again, with the count of wrong attempts at zero.</summary>
public sealed class RegistrationFeed(
    IDbContextFactory<SignerContext> contexts,
    IRegistrationAuthority registration,
    AuditLog audit,
    TimeProvider time,
    ILogger<RegistrationFeed> logger
) : FeedReader<RegistrationChange>(contexts, "registration", time, logger)
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

        var credential = await db
            .Credentials.FromSql($"select * from signer.credential where id = {id.Value} for update")
            .SingleOrDefaultAsync(cancellationToken);
        if (credential?.State != CredentialState.Locked)
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
