using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>What is asked of the table of authorities.</summary>
internal static class AuthorityTable
{
    public static Task<List<AuthorityRow>> ListAuthoritiesAsync(this CaDbContext db, CancellationToken cancellationToken) =>
        db.Authorities.ToListAsync(cancellationToken);

    /// <summary>Nodes that start at once import one after the other; held until the transaction ends.</summary>
    public static Task LockImportAsync(this CaDbContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('ca.import'))", cancellationToken);
}
