using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>Registered documents of all callers that the archive renews by itself.</summary>
public static class RestampQueries
{
    /// <summary>
    /// Those that lie in a store and whose protection ends before a time, by deadline, then id; after a place in that order. What was renewed
    /// is left alone for half of its new life: an authority that ends soon wins nothing by being asked again and again.
    /// </summary>
    public static Task<List<ArchiveDocument>> ListDueArchiveDocumentsAsync(
        this SignerContext db,
        DateTimeOffset deadlineBefore,
        DateTimeOffset now,
        (DateTimeOffset Deadline, string Id) after,
        int count,
        CancellationToken cancellationToken
    ) =>
        db
            .ArchiveDocuments.FromSql(
                $"""
                select * from signer.archive_document
                where location is not null and deadline < {deadlineBefore}
                and (renewed_at is null or deadline < renewed_at or renewed_at + (deadline - renewed_at) / 2 <= {now})
                and (deadline, id) > ({after.Deadline}, {after.Id})
                order by deadline, id limit {count}
                """
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
}
