using EContract.Ca.Registration;
using EContract.Hosting.Callers;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>What is asked of the feed of status changes.</summary>
internal static class StatusEventTable
{
    /// <summary>The end of the feed; 0 while it is empty.</summary>
    public static async Task<long> EndOfStatusEventsAsync(this CaDbContext db, CancellationToken cancellationToken) =>
        await db.StatusEvents.MaxAsync(e => (long?)e.Position, cancellationToken) ?? 0;

    public static Task<List<StatusEventRow>> ListStatusEventsAsync(
        this CaDbContext db,
        long after,
        OrganisationScope scope,
        int count,
        CancellationToken cancellationToken
    )
    {
        var events = db.StatusEvents.Where(e => e.Position > after);
        if (!scope.IsAll)
        {
            events = events.Where(e => db.SubscribersIn(scope).Any(s => s.Id == e.SubscriberId));
        }

        return events.OrderBy(e => e.Position).Take(count).ToListAsync(cancellationToken);
    }
}
