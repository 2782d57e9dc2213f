using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>How far feeds have been worked off.</summary>
public static class FeedQueries
{
    /// <summary>Locked until the transaction ends.</summary>
    public static Task<FeedCursor> LockCursorAsync(this SignerContext db, string feed, CancellationToken cancellationToken) =>
        db.FeedCursors.FromSql($"select * from signer.feed_cursor where feed = {feed} for update").SingleAsync(cancellationToken);

    /// <summary>Empty at the beginning.</summary>
    public static async Task<string> GetCursorAsync(this SignerContext db, string feed, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync(
            $"insert into signer.feed_cursor (feed, cursor) values ({feed}, '') on conflict do nothing",
            cancellationToken
        );
        return await db.FeedCursors.Where(f => f.Feed == feed).Select(f => f.Cursor).SingleAsync(cancellationToken);
    }
}
