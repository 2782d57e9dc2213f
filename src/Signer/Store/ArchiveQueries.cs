using EContract.Signer.Archive.Deadlines;
using EContract.Signer.Identities;
using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>The register of documents to be renewed.</summary>
public static class ArchiveQueries
{
    public static Task<ArchiveDocument?> FindArchiveDocumentAsync(
        this SignerContext db,
        string caller,
        ArchiveDocumentId id,
        CancellationToken cancellationToken
    ) => db.ArchiveDocuments.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id && d.Caller == caller, cancellationToken);

    public static Task<ArchiveDocument?> FindArchiveDocumentAsync(
        this SignerContext db,
        string caller,
        byte[] digest,
        CancellationToken cancellationToken
    ) => db.ArchiveDocuments.AsNoTracking().SingleOrDefaultAsync(d => d.Digest == digest && d.Caller == caller, cancellationToken);

    /// <summary>The row, held until the transaction ends.</summary>
    public static Task<ArchiveDocument?> LockArchiveDocumentAsync(
        this SignerContext db,
        ArchiveDocumentId id,
        CancellationToken cancellationToken
    ) =>
        db
            .ArchiveDocuments.FromSql($"select * from signer.archive_document where id = {id.Value} for update")
            .SingleOrDefaultAsync(cancellationToken);

    /// <summary>By deadline, then id; those after a place in that order.</summary>
    public static Task<List<ArchiveDocument>> ListArchiveDocumentsAsync(
        this SignerContext db,
        string caller,
        DateTimeOffset? deadlineBefore,
        (DateTimeOffset Deadline, string Id)? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var before = deadlineBefore ?? DateTimeOffset.MaxValue;
        var (deadline, id) = after ?? (DateTimeOffset.MinValue, "");
        return db
            .ArchiveDocuments.FromSql(
                $"""
                select * from signer.archive_document
                where caller = {caller} and deadline < {before} and (deadline, id) > ({deadline}, {id})
                order by deadline, id limit {count}
                """
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
    }

    /// <summary>Documents and bytes by month of renewal and reason.</summary>
    /// <param name="margin">How long before its deadline a document is due.</param>
    public static Task<List<ArchiveForecastRow>> ForecastAsync(
        this SignerContext db,
        string caller,
        TimeSpan margin,
        CancellationToken cancellationToken
    ) =>
        db
            .Database.SqlQuery<ArchiveForecastRow>(
                $"""
                select date_trunc('month', deadline - {margin}, 'UTC') as "Month", deadline_reason as "Reason",
                    count(*) as "Documents", sum(size)::bigint as "Size"
                from signer.archive_document where caller = {caller} group by 1, 2 order by 1, 2
                """
            )
            .ToListAsync(cancellationToken);

    public static Task<int> CountOverdueAsync(
        this SignerContext db,
        string caller,
        DateTimeOffset deadlineBefore,
        CancellationToken cancellationToken
    ) => db.ArchiveDocuments.CountAsync(d => d.Caller == caller && d.Deadline < deadlineBefore, cancellationToken);

    public static Task AddProtectorAsync(
        this SignerContext db,
        byte[] fingerprint,
        byte[] certificate,
        byte[][] chain,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"""
            insert into signer.archive_protector (fingerprint, certificate, chain) values ({fingerprint}, {certificate}, {chain})
            on conflict do nothing
            """,
            cancellationToken
        );

    /// <summary>What stands on a revoked certificate is due at once.</summary>
    public static Task<int> EndProtectionAsync(
        this SignerContext db,
        byte[] fingerprint,
        DateTimeOffset revokedAt,
        string subject,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"""
            update signer.archive_document
            set deadline = {revokedAt}, deadline_reason = {nameof(DeadlineReason.Revocation)}, deadline_subject = {subject}
            where protectors @> array[{fingerprint}] and deadline > {revokedAt}
            """,
            cancellationToken
        );

    /// <summary>Ends a claim, if it is still that one.</summary>
    public static Task<int> ReleaseArchiveDocumentAsync(
        this SignerContext db,
        ArchiveDocumentId id,
        Guid? claim,
        CancellationToken cancellationToken
    ) =>
        db
            .ArchiveDocuments.Where(d => d.Id == id && d.Claim == claim)
            .ExecuteUpdateAsync(row => row.SetProperty(d => d.Claim, (Guid?)null), cancellationToken);

    /// <summary>Those that are not known to be revoked; tracked.</summary>
    public static Task<List<ArchiveProtector>> ListArchiveProtectorsAsync(this SignerContext db, CancellationToken cancellationToken) =>
        db.ArchiveProtectors.Where(p => p.RevokedAt == null).ToListAsync(cancellationToken);
}
