using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>
/// Ordered feeds. A position is taken under the feed's row lock, which is held until commit: positions become visible in
/// their order, so a reader's cursor never jumps over one that is still uncommitted.
/// </summary>
internal static class Feeds
{
    public const string Status = "status";
    public const string Changes = "changes";

    /// <summary>The channel of NOTIFY: a hint to look; the tables are the truth.</summary>
    public const string Channel = "econtract_ca";

    /// <summary>Takes the next position in the caller's transaction, and wakes the readers when it commits.</summary>
    public static async Task<long> TakeAsync(CaDbContext context, string feed, CancellationToken cancellationToken)
    {
        var position = await context
            .Database.SqlQuery<long>($"UPDATE ca.feeds SET last = last + 1 WHERE name = {feed} RETURNING last AS \"Value\"")
            .ToListAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {feed})", cancellationToken);
        return position[0];
    }
}
