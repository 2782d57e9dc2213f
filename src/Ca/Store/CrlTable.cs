using EContract.Ca.Revocation;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>What is asked of the table of CRLs.</summary>
internal static class CrlTable
{
    public static Task<CrlRow?> FindNewestCrlAsync(this CaDbContext db, CrlScope scope, CancellationToken cancellationToken) =>
        db.CrlsOf(scope).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Number and thisUpdate of the newest, without its bytes.</summary>
    public static Task<CrlMark?> FindNewestCrlMarkAsync(this CaDbContext db, CrlScope scope, CancellationToken cancellationToken) =>
        db.CrlsOf(scope).Select(c => new CrlMark(c.Number, c.ThisUpdate)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>thisUpdate of the newest CRL of every scope that has one.</summary>
    public static async Task<Dictionary<CrlScope, DateTimeOffset>> NewestCrlsAsync(this CaDbContext db, CancellationToken cancellationToken)
    {
        var newest = await db
            .Crls.GroupBy(c => new
            {
                c.Authority,
                c.Shard,
                c.Delta,
            })
            .Select(g => new { g.Key, ThisUpdate = g.Max(c => c.ThisUpdate) })
            .ToListAsync(cancellationToken);
        return newest.ToDictionary(g => CrlScope.Stored(g.Key.Authority, g.Key.Shard, g.Key.Delta), g => g.ThisUpdate);
    }

    /// <summary>Keeps the newest, which is served, and the one before it, which may be the base of a delta in use.</summary>
    public static Task DeleteOlderCrlsAsync(this CaDbContext db, CrlRow newest, CancellationToken cancellationToken) =>
        db
            .Crls.Where(c =>
                c.Authority == newest.Authority && c.Shard == newest.Shard && c.Delta == newest.Delta && c.Number < newest.Number
            )
            .OrderByDescending(c => c.Number)
            .Skip(1)
            .ExecuteDeleteAsync(cancellationToken);

    private static IQueryable<CrlRow> CrlsOf(this CaDbContext db, CrlScope scope) =>
        db
            .Crls.Where(c => c.Authority == scope.Authority && c.Shard == scope.Column && c.Delta == scope.Delta)
            .OrderByDescending(c => c.Number);
}
