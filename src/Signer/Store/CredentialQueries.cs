using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>Enrolments, credentials, authenticators and challenges.</summary>
public static class CredentialQueries
{
    public static Task<Credential?> FindCredentialAsync(this SignerContext db, CredentialId id, CancellationToken cancellationToken) =>
        db.Credentials.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken);

    /// <summary>A page of a subscriber's credentials, by id.</summary>
    public static Task<List<Credential>> ListCredentialsAsync(
        this SignerContext db,
        SubscriberId subscriber,
        string afterId,
        int count,
        CancellationToken cancellationToken
    ) =>
        db
            .Credentials.FromSql(
                $"select * from signer.credential where subscriber_id = {subscriber.Value} and id > {afterId} order by id limit {count}"
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);

    /// <summary>Locked until the transaction ends.</summary>
    public static Task<Credential?> LockCredentialAsync(this SignerContext db, string serialNumber, CancellationToken cancellationToken) =>
        db
            .Credentials.FromSql($"select * from signer.credential where serial_number = {serialNumber} for update")
            .SingleOrDefaultAsync(cancellationToken);

    public static Task<string> NameOfAsync(this SignerContext db, CredentialId id, CancellationToken cancellationToken) =>
        db.Credentials.Where(c => c.Id == id).Select(c => c.Name).SingleAsync(cancellationToken);

    /// <summary>Gives an attempt back that nobody could judge.</summary>
    public static Task<int> GiveAttemptBackAsync(this SignerContext db, CredentialId id, CancellationToken cancellationToken) =>
        db
            .Credentials.Where(c => c.Id == id && c.FailedAttempts > 0)
            .ExecuteUpdateAsync(row => row.SetProperty(c => c.FailedAttempts, c => c.FailedAttempts - 1), cancellationToken);

    /// <summary>Accepted ones whose predecessor is not revoked yet.</summary>
    public static Task<List<Credential>> ListToSupersedeAsync(this SignerContext db, CancellationToken cancellationToken) =>
        db
            .Credentials.AsNoTracking()
            .Where(c => c.ReplacesSerialNumber != null && c.ReplacedAt == null && c.AcceptedAt != null)
            .ToListAsync(cancellationToken);

    public static Task<int> MarkSupersededAsync(
        this SignerContext db,
        CredentialId id,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => db.Credentials.Where(c => c.Id == id).ExecuteUpdateAsync(row => row.SetProperty(c => c.ReplacedAt, now), cancellationToken);

    public static Task<EnrollmentRow?> FindEnrollmentAsync(
        this SignerContext db,
        string caller,
        EnrollmentId id,
        CancellationToken cancellationToken
    ) => db.Enrollments.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.Caller == caller, cancellationToken);

    public static Task<EnrollmentRow?> FindEnrollmentAsync(
        this SignerContext db,
        RequestKey request,
        CancellationToken cancellationToken
    ) =>
        db
            .Enrollments.AsNoTracking()
            .SingleOrDefaultAsync(e => e.Caller == request.Caller && e.RequestId == request.RequestId, cancellationToken);

    /// <summary>What the subscriber logs in with or is known by.</summary>
    public static Task<string[]> LoginIdsOfAsync(this SignerContext db, CredentialId id, CancellationToken cancellationToken) =>
        db.Enrollments.Where(e => e.CredentialId == id).Select(e => e.LoginIds).SingleAsync(cancellationToken);

    /// <summary>False when another call has made the enrolment's key.</summary>
    public static async Task<bool> TryClaimEnrollmentAsync(
        this SignerContext db,
        EnrollmentId id,
        CredentialId made,
        CancellationToken cancellationToken
    ) =>
        await db
            .Enrollments.Where(e => e.Id == id && e.State == EnrollmentState.Begun)
            .ExecuteUpdateAsync(
                row => row.SetProperty(e => e.State, EnrollmentState.KeyMade).SetProperty(e => e.CredentialId, (CredentialId?)made),
                cancellationToken
            ) == 1;

    public static Task<int> MarkEnrolledAsync(this SignerContext db, EnrollmentId id, CancellationToken cancellationToken) =>
        db
            .Enrollments.Where(e => e.Id == id)
            .ExecuteUpdateAsync(row => row.SetProperty(e => e.State, EnrollmentState.Completed), cancellationToken);

    public static Task<Authenticator?> FindAuthenticatorAsync(
        this SignerContext db,
        CredentialId id,
        bool confirmed,
        CancellationToken cancellationToken
    ) => db.Authenticators.SingleOrDefaultAsync(a => a.CredentialId == id && a.Confirmed == confirmed, cancellationToken);

    public static Task<int> DeleteUnconfirmedAuthenticatorAsync(
        this SignerContext db,
        CredentialId id,
        CancellationToken cancellationToken
    ) => db.Authenticators.Where(a => a.CredentialId == id && !a.Confirmed).ExecuteDeleteAsync(cancellationToken);

    /// <summary>RFC 6238 §5.2: false when the time step, or a later one, was used before, by whichever node.</summary>
    public static async Task<bool> TryUseStepAsync(
        this SignerContext db,
        CredentialId id,
        long step,
        CancellationToken cancellationToken
    ) =>
        await db
            .Authenticators.Where(a => a.CredentialId == id && a.LastStep < step)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.LastStep, step), cancellationToken) == 1;

    public static Task<Challenge?> FindChallengeAsync(
        this SignerContext db,
        string caller,
        ChallengeId id,
        CancellationToken cancellationToken
    ) => db.Challenges.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.Caller == caller, cancellationToken);

    public static Task<Challenge?> FindChallengeAsync(
        this SignerContext db,
        string caller,
        string requestId,
        CancellationToken cancellationToken
    ) => db.Challenges.AsNoTracking().SingleOrDefaultAsync(c => c.Caller == caller && c.RequestId == requestId, cancellationToken);

    /// <summary>False when it was used before.</summary>
    public static async Task<bool> TryUseChallengeAsync(
        this SignerContext db,
        ChallengeId id,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await db
            .Challenges.Where(c => c.Id == id && c.UsedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(c => c.UsedAt, now), cancellationToken) == 1;
}
