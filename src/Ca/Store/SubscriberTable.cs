using EContract.Ca.Registration;
using EContract.Hosting.Callers;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>What is asked of the table of subscribers.</summary>
internal static class SubscriberTable
{
    public static Task<SubscriberRow?> FindSubscriberAsync(this CaDbContext db, string id, CancellationToken cancellationToken) =>
        db.Subscribers.FirstOrDefaultAsync(s => s.Id == id, cancellationToken);

    /// <summary>Locked until the transaction ends.</summary>
    public static async Task<SubscriberRow?> LockSubscriberAsync(this CaDbContext db, string id, CancellationToken cancellationToken)
    {
        var rows = await db.Subscribers.FromSql($"SELECT * FROM ca.subscribers WHERE id = {id} FOR UPDATE").ToListAsync(cancellationToken);
        return rows.FirstOrDefault();
    }

    /// <summary>A page by id, which is the order of registration.</summary>
    public static Task<List<SubscriberRow>> SearchAsync(
        this CaDbContext db,
        SubscriberSearch search,
        OrganisationScope scope,
        string after,
        int count,
        CancellationToken cancellationToken
    ) =>
        db.Matching(search, scope)
            .Where(s => string.Compare(s.Id, after) > 0)
            .OrderBy(s => s.Id)
            .Take(count)
            .ToListAsync(cancellationToken);

    public static IQueryable<SubscriberRow> InState(this CaDbContext db, SubscriberState? state, OrganisationScope scope) =>
        db.Matching(new() { State = state }, scope).OrderBy(s => s.Id);

    /// <summary>Those for whom a caller may act; the same rule as <see cref="OrganisationScope.Require"/> on what the data name.</summary>
    public static IQueryable<SubscriberRow> SubscribersIn(this CaDbContext db, OrganisationScope scope)
    {
        if (scope.IsAll)
        {
            return db.Subscribers;
        }

        var names = scope.Organisations;
        const int organisation = (int)SubscriberKind.Organisation;
        return db.Subscribers.Where(s =>
            (s.Kind == organisation || !string.IsNullOrEmpty(s.OrganisationName) || !string.IsNullOrEmpty(s.CorporateNumber))
            && (s.Kind != organisation || names.Contains(s.Name))
            && (string.IsNullOrEmpty(s.OrganisationName) || names.Contains(s.OrganisationName))
            && (string.IsNullOrEmpty(s.CorporateNumber) || names.Contains(s.CorporateNumber))
        );
    }

    private static IQueryable<SubscriberRow> Matching(this CaDbContext db, SubscriberSearch search, OrganisationScope scope)
    {
        var query = db.SubscribersIn(scope);
        if (search.Name.Length > 0)
        {
            var pattern = SearchKey.Prefix(search.Name);
            query = query.Where(s => EF.Functions.Like(s.NameKey, pattern));
        }

        if (search.Kana.Length > 0)
        {
            var pattern = SearchKey.Prefix(search.Kana);
            query = query.Where(s => EF.Functions.Like(s.KanaKey, pattern));
        }

        if (search.Email.Length > 0)
        {
            var pattern = SearchKey.Prefix(search.Email);
            query = query.Where(s => EF.Functions.Like(s.EmailKey, pattern));
        }

        if (search.SerialNumber is { } serial)
        {
            var content = serial.Content.ToArray();
            query = query.Where(s => db.Certificates.Any(c => c.SubscriberId == s.Id && c.Serial == content));
        }

        return search.State is { } state ? query.Where(s => s.State == (int)state) : query;
    }
}
