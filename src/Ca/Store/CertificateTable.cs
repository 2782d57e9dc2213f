using EContract.Ca.Issuance;
using EContract.Ca.Registration;
using EContract.Hosting.Callers;
using EContract.Pki;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>What is asked of the table of certificates, planned and issued.</summary>
internal static class CertificateTable
{
    public static Task<bool> HasCertificateAsync(
        this CaDbContext db,
        string authority,
        byte[] serial,
        CancellationToken cancellationToken
    ) => db.Certificates.AnyAsync(c => c.Authority == authority && c.Serial == serial, cancellationToken);

    public static Task<CertificateRow?> FindIssuedAsync(this CaDbContext db, SerialNumber serial, CancellationToken cancellationToken)
    {
        var content = serial.Content.ToArray();
        return db.Certificates.FirstOrDefaultAsync(c => c.Serial == content && c.State == CertificateState.Issued, cancellationToken);
    }

    /// <summary>An issued certificate, its row locked until the transaction ends.</summary>
    public static async Task<CertificateRow?> LockIssuedAsync(this CaDbContext db, SerialNumber serial, CancellationToken cancellationToken)
    {
        var content = serial.Content.ToArray();
        var rows = await db
            .Certificates.FromSql($"SELECT * FROM ca.certificates WHERE serial = {content} AND state = 2 FOR UPDATE")
            .ToListAsync(cancellationToken);
        return rows.FirstOrDefault();
    }

    /// <summary>A planned certificate whatever became of it, its row locked until the transaction ends.</summary>
    public static async Task<CertificateRow> LockPlanAsync(this CaDbContext db, CertificateRow plan, CancellationToken cancellationToken)
    {
        var rows = await db
            .Certificates.FromSql($"SELECT * FROM ca.certificates WHERE authority = {plan.Authority} AND serial = {plan.Serial} FOR UPDATE")
            .ToListAsync(cancellationToken);
        return rows[0];
    }

    /// <summary>All certificates of a subscriber that are not revoked, locked.</summary>
    public static Task<List<CertificateRow>> LockUnrevokedOfAsync(
        this CaDbContext db,
        string subscriber,
        CancellationToken cancellationToken
    ) =>
        db
            .Certificates.FromSql(
                $"SELECT * FROM ca.certificates WHERE subscriber_id = {subscriber} AND state = 2 AND status <> 3 ORDER BY serial FOR UPDATE"
            )
            .ToListAsync(cancellationToken);

    /// <summary>What was planned or issued for an application and not given up.</summary>
    public static Task<CertificateRow?> FindOfApplicationAsync(
        this CaDbContext db,
        string application,
        CancellationToken cancellationToken
    ) => db.Certificates.FirstOrDefaultAsync(c => c.ApplicationId == application && c.State != CertificateState.Void, cancellationToken);

    /// <summary>Plans that are neither finished nor given up.</summary>
    public static Task<List<CertificateRow>> ListPlannedAsync(
        this CaDbContext db,
        DateTimeOffset before,
        CancellationToken cancellationToken
    ) => db.Certificates.Where(c => c.State == CertificateState.Planned && c.PlannedAt <= before).ToListAsync(cancellationToken);

    /// <summary>A page by authority and serial.</summary>
    public static Task<List<CertificateRow>> ListIssuedAsync(
        this CaDbContext db,
        string subscriber,
        CertificateFilter filter,
        OrganisationScope scope,
        (string Authority, SerialNumber Serial)? after,
        int count,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var query = db.Issued(scope).Filter(filter, now);
        if (subscriber.Length > 0)
        {
            query = query.Where(c => c.SubscriberId == subscriber);
        }

        if (after is var (authority, last))
        {
            var serial = last.Content.ToArray();
            query = query.Where(c =>
                EF.Functions.GreaterThan(ValueTuple.Create(c.Authority, c.Serial), ValueTuple.Create(authority, serial))
            );
        }

        return query.OrderBy(c => c.Authority).ThenBy(c => c.Serial).Take(count).ToListAsync(cancellationToken);
    }

    /// <summary>All of an authority, of all if it is empty.</summary>
    public static IQueryable<CertificateRow> IssuedBy(this CaDbContext db, string authority, OrganisationScope scope) =>
        db.Issued(scope).Where(c => authority == "" || c.Authority == authority).OrderBy(c => c.Authority).ThenBy(c => c.Serial);

    /// <summary>What ceremonies made and is not revoked; of renewed ones the last.</summary>
    public static Task<List<InfrastructureEnd>> ListInfrastructureEndsAsync(this CaDbContext db, CancellationToken cancellationToken) =>
        db
            .Certificates.Where(c => c.ApplicationId == null && c.State == CertificateState.Issued && c.Status == CertificateStatus.Good)
            .GroupBy(c => new { c.Profile, c.Subject })
            .Select(g => new InfrastructureEnd(g.Key.Profile, g.Key.Subject, g.Max(c => c.NotAfter)))
            .ToListAsync(cancellationToken);

    private static IQueryable<CertificateRow> Issued(this CaDbContext db, OrganisationScope scope)
    {
        var issued = db.Certificates.Where(c => c.State == CertificateState.Issued);
        return scope.IsAll ? issued : issued.Where(c => db.SubscribersIn(scope).Any(s => s.Id == c.SubscriberId));
    }

    private static IQueryable<CertificateRow> Filter(this IQueryable<CertificateRow> query, CertificateFilter filter, DateTimeOffset now) =>
        filter switch
        {
            CertificateFilter.Good => query.Where(c => c.Status == CertificateStatus.Good && c.NotAfter >= now),
            CertificateFilter.OnHold => query.Where(c => c.Status == CertificateStatus.OnHold),
            CertificateFilter.Revoked => query.Where(c => c.Status == CertificateStatus.Revoked),
            CertificateFilter.Expired => query.Where(c => c.Status == CertificateStatus.Good && c.NotAfter < now),
            _ => query,
        };
}
