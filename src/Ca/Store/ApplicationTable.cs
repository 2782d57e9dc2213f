using EContract.Ca.Registration;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>What is asked of the table of applications.</summary>
internal static class ApplicationTable
{
    public static Task<ApplicationRow?> FindApplicationAsync(this CaDbContext db, string id, CancellationToken cancellationToken) =>
        db.Applications.FirstOrDefaultAsync(a => a.Id == id, cancellationToken);

    /// <summary>Locked until the transaction ends.</summary>
    /// <exception cref="ServiceException"><see cref="Fault.ApplicationNotFound"/>.</exception>
    public static async Task<ApplicationRow> LockApplicationAsync(this CaDbContext db, string id, CancellationToken cancellationToken)
    {
        var rows = await db
            .Applications.FromSql($"SELECT * FROM ca.applications WHERE id = {id} FOR UPDATE")
            .ToListAsync(cancellationToken);
        return rows.Count > 0 ? rows[0] : throw new ServiceException(Fault.ApplicationNotFound, "there is no such application");
    }

    /// <summary>All open applications of a subscriber, locked as issuance locks them.</summary>
    public static Task<List<ApplicationRow>> LockApprovedOfAsync(
        this CaDbContext db,
        string subscriber,
        CancellationToken cancellationToken
    ) =>
        db
            .Applications.FromSql(
                $"SELECT * FROM ca.applications WHERE subscriber_id = {subscriber} AND state = {(int)ApplicationState.Approved} ORDER BY id FOR UPDATE"
            )
            .ToListAsync(cancellationToken);

    /// <summary>Whether a certificate was issued that replaces this one.</summary>
    public static Task<bool> IsReplacedAsync(this CaDbContext db, string serialNumber, CancellationToken cancellationToken) =>
        db.Applications.AnyAsync(a => a.ReplacesSerialNumber == serialNumber && a.State == (int)ApplicationState.Issued, cancellationToken);

    /// <summary>A page by id, which is the order of approval.</summary>
    public static Task<List<ApplicationRow>> ListApplicationsAsync(
        this CaDbContext db,
        string subscriber,
        ApplicationState? state,
        OrganisationScope scope,
        string after,
        int count,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var query = db.Applications.Where(a => string.Compare(a.Id, after) > 0);
        if (subscriber.Length > 0)
        {
            query = query.Where(a => a.SubscriberId == subscriber);
        }

        if (!scope.IsAll)
        {
            query = query.Where(a => db.SubscribersIn(scope).Any(s => s.Id == a.SubscriberId));
        }

        query = state switch
        {
            null => query,
            ApplicationState.Approved => query.Where(a => a.State == (int)ApplicationState.Approved && a.ExpiresAt > now),
            ApplicationState.Expired => query.Where(a => a.State == (int)ApplicationState.Approved && a.ExpiresAt <= now),
            { } other => query.Where(a => a.State == (int)other),
        };
        return query.OrderBy(a => a.Id).Take(count).ToListAsync(cancellationToken);
    }
}
