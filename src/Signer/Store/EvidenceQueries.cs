using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using static System.Runtime.CompilerServices.FormattableStringFactory;

namespace EContract.Signer.Store;

/// <summary>
/// Batches of evidence. Every transaction that changes them locks in this order: the renewal lock, then batches by id. A leaf, once
/// written, is never changed.
/// </summary>
public static class EvidenceQueries
{
    /// <summary>Any number that no other advisory lock of the schema has.</summary>
    private const long RenewalLock = 0x4552_5349_4E47;

    private const string SelectBatches =
        "select id as \"Id\", hash as \"Hash\", state as \"State\", size as \"Size\", opened_at as \"OpenedAt\", closed_at as \"ClosedAt\", stamped_at as \"StampedAt\" from signer.evidence_batch ";

    private const string SelectLeaves =
        "select batch_id as \"BatchId\", ordinal as \"Ordinal\", digest as \"Digest\", leaf as \"Leaf\", reference as \"Reference\", previous_batch_id as \"PreviousBatchId\", previous_ordinal as \"PreviousOrdinal\", previous_links as \"PreviousLinks\", previous_import as \"PreviousImport\" from signer.evidence_leaf ";

    private const string SelectImports =
        "select digest as \"Digest\", owner as \"Owner\", hash as \"Hash\", record as \"Record\", not_after as \"NotAfter\" from signer.evidence_import ";

    /// <summary>The open batch of this algorithm, made when there is none; locked until the transaction ends.</summary>
    public static async Task<EvidenceBatchRow> LockOpenBatchAsync(
        this SignerContext db,
        string hash,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await db.Database.ExecuteSqlAsync(
                $"insert into signer.evidence_batch (hash, state, size, opened_at) values ({hash}, 'Open', 0, {now}) on conflict (hash) where state = 'Open' do nothing",
                cancellationToken
            );
            // Another node may have closed it in between: the next turn makes a new one.
            if (await BatchesAsync(db, "where hash = {0} and state = 'Open' for update", [hash], cancellationToken) is [var batch])
            {
                return batch;
            }
        }
    }

    /// <summary>Puts digests behind the leaves that the batch has; those that are known already are left out.</summary>
    /// <returns>How many were new.</returns>
    public static async Task<int> AddLeavesAsync(
        this SignerContext db,
        EvidenceBatchRow batch,
        string owner,
        byte[][] digests,
        string[] references,
        CancellationToken cancellationToken
    )
    {
        // Whoever adds digests of this algorithm holds the lock on its open batch: what is not there now can't come meanwhile.
        var added = await db.Database.ExecuteSqlAsync(
            $"""
            insert into signer.evidence_leaf (batch_id, ordinal, owner, digest, reference)
            select {batch.Id}, {batch.Size} - 1 + (row_number() over (order by digest))::integer, {owner}, digest, reference
            from (select distinct on (digest) digest, reference from unnest({digests}, {references}) as given (digest, reference)) as given
            where not exists (select from signer.evidence_leaf k where k.digest = given.digest and k.owner = {owner})
            and not exists (select from signer.evidence_import i where i.digest = given.digest and i.owner = {owner})
            """,
            cancellationToken
        );
        await db.GrowAsync(batch, added, cancellationToken);
        return added;
    }

    /// <summary>Puts one renewed leaf (RFC 4998 §5.3) into the batch.</summary>
    /// <returns>False when the digest is registered, or the leaf before is renewed already.</returns>
    public static async Task<bool> AddRenewedLeafAsync(
        this SignerContext db,
        EvidenceBatchRow batch,
        string owner,
        EvidenceLeafRow renewed,
        CancellationToken cancellationToken
    ) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into signer.evidence_leaf
                (batch_id, ordinal, owner, digest, reference, leaf, previous_batch_id, previous_ordinal, previous_links, previous_import)
            values ({batch.Id}, {renewed.Ordinal}, {owner}, {renewed.Digest}, {renewed.Reference}, {renewed.Leaf},
                {renewed.PreviousBatchId}, {renewed.PreviousOrdinal}, {renewed.PreviousLinks}, {renewed.PreviousImport})
            on conflict do nothing
            """,
            cancellationToken
        ) == 1;

    public static Task GrowAsync(this SignerContext db, EvidenceBatchRow batch, int by, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"update signer.evidence_batch set size = size + {by} where id = {batch.Id}", cancellationToken);

    /// <summary>Closes open batches that are not empty: no digest comes into them any more.</summary>
    /// <param name="full">Closes those that have so many digests.</param>
    /// <param name="openedBefore">Closes those that are as old.</param>
    public static Task<int> BeginClosingAsync(
        this SignerContext db,
        int full,
        DateTimeOffset openedBefore,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"""
            update signer.evidence_batch set state = 'Closing', closed_at = {now}
            where state = 'Open' and size > 0 and (size >= {full} or opened_at <= {openedBefore})
            """,
            cancellationToken
        );

    public static Task<List<long>> ClosingBatchesAsync(this SignerContext db, CancellationToken cancellationToken) =>
        db
            .Database.SqlQuery<long>($"select id as \"Value\" from signer.evidence_batch where state = 'Closing' order by id")
            .ToListAsync(cancellationToken);

    /// <summary>
    /// The batch, locked until the transaction ends; null when it is stamped, or another node is at it. The lock ends with the
    /// connection, so that the work of a killed node is free at once.
    /// </summary>
    public static async Task<EvidenceBatchRow?> TryLockClosingAsync(this SignerContext db, long id, CancellationToken cancellationToken) =>
        (await BatchesAsync(db, "where id = {0} and state = 'Closing' for update skip locked", [id], cancellationToken)).SingleOrDefault();

    public static async Task<EvidenceBatchRow?> FindBatchAsync(this SignerContext db, long id, CancellationToken cancellationToken) =>
        (await BatchesAsync(db, "where id = {0}", [id], cancellationToken)).SingleOrDefault();

    /// <summary>The newest batches first.</summary>
    public static Task<List<EvidenceBatchRow>> ListBatchesAsync(
        this SignerContext db,
        long before,
        int limit,
        CancellationToken cancellationToken
    ) => BatchesAsync(db, "where id < {0} order by id desc limit {1}", [before, limit], cancellationToken);

    /// <summary>The leaves of the hash tree in their order, streamed.</summary>
    public static async IAsyncEnumerable<byte[]> ReadLeavesAsync(
        this SignerContext db,
        long batchId,
        int from,
        int count,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "select coalesce(leaf, digest) from signer.evidence_leaf where batch_id = $1 and ordinal >= $2 and ordinal < $3 order by ordinal",
            connection
        )
        {
            Parameters =
            {
                new() { Value = batchId },
                new() { Value = from },
                new() { Value = from + count },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader.GetFieldValue<byte[]>(0);
        }
    }

    public static Task CompleteBatchAsync(
        this SignerContext db,
        long id,
        byte[] blockRoots,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"update signer.evidence_batch set state = 'Stamped', block_roots = {blockRoots}, stamped_at = {now} where id = {id}",
            cancellationToken
        );

    public static Task<byte[]> GetBlockRootsAsync(this SignerContext db, long id, CancellationToken cancellationToken) =>
        db
            .Database.SqlQuery<byte[]>($"select block_roots as \"Value\" from signer.evidence_batch where id = {id}")
            .SingleAsync(cancellationToken);

    public static Task<long> AddTokenAsync(
        this SignerContext db,
        byte[] token,
        DateTimeOffset genTime,
        DateTimeOffset notAfter,
        CancellationToken cancellationToken
    ) =>
        FirstAsync<long>(
            db,
            $"insert into signer.evidence_token (token, gen_time, not_after) values ({token}, {genTime}, {notAfter}) returning id as \"Value\"",
            cancellationToken
        );

    public static Task AddLinkAsync(
        this SignerContext db,
        long batchId,
        int position,
        long tokenId,
        byte[]? archiveTimeStamp,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"insert into signer.evidence_link (batch_id, position, token_id, archive_time_stamp) values ({batchId}, {position}, {tokenId}, {archiveTimeStamp})",
            cancellationToken
        );

    /// <summary>The chain of a batch, the oldest first.</summary>
    public static Task<List<EvidenceLinkRow>> GetLinksAsync(
        this SignerContext db,
        long batchId,
        int count,
        CancellationToken cancellationToken
    ) =>
        db
            .Database.SqlQuery<EvidenceLinkRow>(
                $"""
                select k.position as "Position", t.token as "Token", k.archive_time_stamp as "ArchiveTimeStamp", t.not_after as "NotAfter"
                from signer.evidence_link k join signer.evidence_token t on t.id = k.token_id
                where k.batch_id = {batchId} and k.position < {count} order by k.position
                """
            )
            .ToListAsync(cancellationToken);

    public static async Task<EvidenceLeafRow?> FindLeafAsync(
        this SignerContext db,
        string owner,
        byte[] digest,
        CancellationToken cancellationToken
    ) => (await LeavesAsync(db, "where digest = {0} and owner = {1}", [digest, owner], cancellationToken)).SingleOrDefault();

    public static async Task<EvidenceLeafRow?> FindLeafAsync(
        this SignerContext db,
        long batchId,
        int ordinal,
        CancellationToken cancellationToken
    ) => (await LeavesAsync(db, "where batch_id = {0} and ordinal = {1}", [batchId, ordinal], cancellationToken)).SingleOrDefault();

    /// <summary>The leaf that renews this one in a stronger algorithm; null when there is none.</summary>
    public static async Task<EvidenceLeafRow?> FindRenewalAsync(
        this SignerContext db,
        EvidenceLeafRow leaf,
        CancellationToken cancellationToken
    ) =>
        (
            await LeavesAsync(
                db,
                "where previous_batch_id = {0} and previous_ordinal = {1}",
                [leaf.BatchId, leaf.Ordinal],
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>The leaf that renews an imported record in a stronger algorithm; null when there is none.</summary>
    public static async Task<EvidenceLeafRow?> FindRenewalAsync(
        this SignerContext db,
        EvidenceImportRow import,
        CancellationToken cancellationToken
    ) =>
        (
            await LeavesAsync(db, "where previous_import = {0} and owner = {1}", [import.Digest, import.Owner], cancellationToken)
        ).SingleOrDefault();

    /// <summary>The imported record that a leaf renews; null when there is none.</summary>
    public static async Task<EvidenceImportRow?> FindRenewedImportAsync(
        this SignerContext db,
        EvidenceLeafRow leaf,
        CancellationToken cancellationToken
    ) =>
        (
            await ImportsAsync(
                db,
                "where (digest, owner) in (select previous_import, owner from signer.evidence_leaf where batch_id = {0} and ordinal = {1})",
                [leaf.BatchId, leaf.Ordinal],
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>One renewal at a time, on whatever node; false when another is at it. Ends with the transaction.</summary>
    public static Task<bool> TryLockRenewalAsync(this SignerContext db, CancellationToken cancellationToken) =>
        FirstAsync<bool>(db, $"select pg_try_advisory_xact_lock({RenewalLock}) as \"Value\"", cancellationToken);

    /// <summary>Stamped batches whose newest time-stamp ends before a time and is over half of its life.</summary>
    public static Task<List<EvidenceDueRow>> DueBatchesAsync(
        this SignerContext db,
        DateTimeOffset endsBefore,
        DateTimeOffset halfwayBefore,
        CancellationToken cancellationToken
    ) =>
        db
            .Database.SqlQuery<EvidenceDueRow>(
                $"""
                select b.id as "BatchId", b.hash as "Hash", k.position + 1 as "Links"
                from signer.evidence_batch b
                join lateral (select position, token_id from signer.evidence_link where batch_id = b.id order by position desc limit 1) k on true
                join signer.evidence_token t on t.id = k.token_id
                where b.state = 'Stamped' and t.not_after < {endsBefore}
                and t.gen_time + (t.not_after - t.gen_time) / 2 <= {halfwayBefore} order by b.id
                """
            )
            .ToListAsync(cancellationToken);

    public static Task<List<EvidenceImportRow>> DueImportsAsync(
        this SignerContext db,
        DateTimeOffset endsBefore,
        CancellationToken cancellationToken
    ) => ImportsAsync(db, "where not_after < {0} order by digest, owner", [endsBefore], cancellationToken);

    public static async Task<EvidenceImportRow?> FindImportAsync(
        this SignerContext db,
        string owner,
        byte[] digest,
        CancellationToken cancellationToken
    ) => (await ImportsAsync(db, "where digest = {0} and owner = {1}", [digest, owner], cancellationToken)).SingleOrDefault();

    /// <returns>False when the owner has evidence of this digest.</returns>
    public static async Task<bool> AddImportAsync(
        this SignerContext db,
        EvidenceImportRow import,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into signer.evidence_import (digest, owner, hash, record, not_after, imported_at)
            select {import.Digest}, {import.Owner}, {import.Hash}, {import.Record}, {import.NotAfter}, {now}
            where not exists (select from signer.evidence_leaf where digest = {import.Digest} and owner = {import.Owner})
            on conflict do nothing
            """,
            cancellationToken
        ) == 1;

    public static Task RenewImportAsync(this SignerContext db, EvidenceImportRow renewed, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            update signer.evidence_import set record = {renewed.Record}, not_after = {renewed.NotAfter}
            where digest = {renewed.Digest} and owner = {renewed.Owner}
            """,
            cancellationToken
        );

    private static async Task<T> FirstAsync<T>(SignerContext db, FormattableString sql, CancellationToken cancellationToken) =>
        // Not composable: an insert can't be a subquery.
        (await db.Database.SqlQuery<T>(sql).ToListAsync(cancellationToken))[0];

    private static Task<List<EvidenceBatchRow>> BatchesAsync(
        SignerContext db,
        string tail,
        object[] parameters,
        CancellationToken cancellationToken
    ) => db.Database.SqlQuery<EvidenceBatchRow>(Create(SelectBatches + tail, parameters)).ToListAsync(cancellationToken);

    private static Task<List<EvidenceLeafRow>> LeavesAsync(
        SignerContext db,
        string tail,
        object[] parameters,
        CancellationToken cancellationToken
    ) => db.Database.SqlQuery<EvidenceLeafRow>(Create(SelectLeaves + tail, parameters)).ToListAsync(cancellationToken);

    private static Task<List<EvidenceImportRow>> ImportsAsync(
        SignerContext db,
        string tail,
        object[] parameters,
        CancellationToken cancellationToken
    ) => db.Database.SqlQuery<EvidenceImportRow>(Create(SelectImports + tail, parameters)).ToListAsync(cancellationToken);
}
