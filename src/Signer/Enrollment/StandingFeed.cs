using EContract.Audit;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using Microsoft.Extensions.Logging;

namespace EContract.Signer.Enrollment;

/// <summary>R12: what the CA says of a certificate takes effect on its key at once; a revocation or hold burns what was begun with it.</summary>
public sealed class StandingFeed(
    SignerDatabase database,
    ICertificateAuthority authority,
    AuditLog audit,
    TimeProvider time,
    ILogger<StandingFeed> logger
) : FeedReader<StandingChange>(database, "standing", time, logger)
{
    protected override IAsyncEnumerable<StandingChange> WatchAsync(string cursor, CancellationToken cancellationToken) =>
        authority.WatchAsync(cursor, cancellationToken);

    protected override string CursorOf(StandingChange change) => change.Cursor;

    protected override async Task ApplyAsync(SignerContext db, StandingChange change, CancellationToken cancellationToken)
    {
        var credential = await db.LockCredentialAsync(change.SerialNumber, cancellationToken);
        if (credential is null || credential.State == CredentialState.Revoked)
        {
            return;
        }

        var (state, hold) = change.Standing switch
        {
            CertificateStanding.Revoked => (CredentialState.Revoked, credential.OnHold),
            CertificateStanding.OnHold => (credential.State, true),
            CertificateStanding.Good => (credential.State, false),
            _ => (credential.State, credential.OnHold),
        };
        if (state == credential.State && hold == credential.OnHold)
        {
            return;
        }

        (credential.State, credential.OnHold) = (state, hold);
        await db.SaveChangesAsync(cancellationToken);
        var burned =
            change.Standing == CertificateStanding.Good ? 0 : await db.BurnAllAsync(credential.Id, BurnCause.Revoked, cancellationToken);
        await audit.AppendAsync(
            db,
            CredentialEvents.Of(
                new CallOrigin("standing-feed", $"standing-{change.Cursor}"),
                credential,
                change.Standing switch
                {
                    CertificateStanding.Revoked => "credential.revoked",
                    CertificateStanding.OnHold => "credential.suspended",
                    _ => "credential.reinstated",
                },
                ("serial", change.SerialNumber),
                ("reason", change.Reason),
                ("burned_activations", $"{burned}")
            ),
            cancellationToken
        );
    }
}
