using EContract.Signer.Identities;
using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>One-time passwords.</summary>
public static class OneTimePasswordQueries
{
    public static Task<OneTimePassword> GetOneTimePasswordAsync(
        this SignerContext db,
        string subjectId,
        CancellationToken cancellationToken
    ) => db.OneTimePasswords.AsNoTracking().SingleAsync(p => p.SubjectId == subjectId, cancellationToken);

    /// <summary>How many codes went to a subscriber since then.</summary>
    public static Task<int> CountSendsAsync(
        this SignerContext db,
        SubscriberId subscriber,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => db.OneTimePasswords.Where(p => p.SubscriberId == subscriber && p.LastSentAt > since).SumAsync(p => p.Sends, cancellationToken);

    /// <summary>The code with this HMAC was handed over, unless a newer one has taken its place.</summary>
    public static Task<int> MarkDeliveredAsync(this SignerContext db, string subjectId, byte[] mac, CancellationToken cancellationToken) =>
        db
            .OneTimePasswords.Where(p => p.SubjectId == subjectId && p.Mac == mac)
            .ExecuteUpdateAsync(row => row.SetProperty(p => p.Delivered, true), cancellationToken);

    /// <summary>False when another code was accepted for the subject.</summary>
    public static async Task<bool> TryAcceptAsync(
        this SignerContext db,
        string subjectId,
        byte[] mac,
        CancellationToken cancellationToken
    ) =>
        await db
            .OneTimePasswords.Where(p => p.SubjectId == subjectId && (p.AcceptedMac == null || p.AcceptedMac == mac))
            .ExecuteUpdateAsync(row => row.SetProperty(p => p.AcceptedMac, mac), cancellationToken) == 1;

    public static Task<int> AttemptsLeftAsync(this SignerContext db, string subjectId, CancellationToken cancellationToken) =>
        db.OneTimePasswords.Where(p => p.SubjectId == subjectId).Select(p => p.AttemptsLeft).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Gives an attempt back: nobody could judge it, or it was no guess.</summary>
    public static Task<int> GiveCodeAttemptBackAsync(this SignerContext db, string subjectId, CancellationToken cancellationToken) =>
        db
            .OneTimePasswords.Where(p => p.SubjectId == subjectId)
            .ExecuteUpdateAsync(row => row.SetProperty(p => p.AttemptsLeft, p => p.AttemptsLeft + 1), cancellationToken);
}
