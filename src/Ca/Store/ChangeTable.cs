using EContract.Ca.Registration;
using EContract.Hosting.Callers;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>What is asked of the table of changes.</summary>
internal static class ChangeTable
{
    public static Task<ChangeRow?> FindChangeAsync(this CaDbContext db, string id, CancellationToken cancellationToken) =>
        db.Changes.FirstOrDefaultAsync(c => c.Id == id, cancellationToken);

    /// <summary>Locked until the transaction ends: of two decisions at once the second sees the first.</summary>
    public static async Task<ChangeRow?> LockChangeAsync(this CaDbContext db, string id, CancellationToken cancellationToken)
    {
        var rows = await db.Changes.FromSql($"SELECT * FROM ca.changes WHERE id = {id} FOR UPDATE").ToListAsync(cancellationToken);
        return rows.FirstOrDefault();
    }

    public static Task<ChangeRow?> FindByRequestAsync(
        this CaDbContext db,
        string caller,
        string requestId,
        CancellationToken cancellationToken
    ) => db.Changes.FirstOrDefaultAsync(c => c.MakerCaller == caller && c.RequestId == requestId, cancellationToken);

    /// <summary>A page by id, which is the order of submission.</summary>
    public static Task<List<ChangeRow>> ListChangesAsync(
        this CaDbContext db,
        ChangeState? state,
        OrganisationScope scope,
        string after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var query = db.ChangesIn(scope).Where(c => string.Compare(c.Id, after) > 0);
        if (state is { } wanted)
        {
            query = query.Where(c => c.State == (int)wanted);
        }

        return query.OrderBy(c => c.Id).Take(count).ToListAsync(cancellationToken);
    }

    /// <summary>Applied changes after a place in the feed.</summary>
    public static Task<List<ChangeRow>> ListAppliedAsync(
        this CaDbContext db,
        long after,
        OrganisationScope scope,
        int count,
        CancellationToken cancellationToken
    ) => db.ChangesIn(scope).Where(c => c.FeedPosition > after).OrderBy(c => c.FeedPosition).Take(count).ToListAsync(cancellationToken);

    private static IQueryable<ChangeRow> ChangesIn(this CaDbContext db, OrganisationScope scope)
    {
        if (scope.IsAll)
        {
            return db.Changes;
        }

        var names = scope.Organisations;
        return db.Changes.Where(c => c.Organisations.Length > 0 && c.Organisations.All(o => names.Contains(o)));
    }
}
