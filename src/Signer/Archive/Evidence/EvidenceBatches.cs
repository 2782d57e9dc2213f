using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Pki.Ers;
using EContract.Signer.Archive.Jobs;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Evidence;

/// <summary>
/// Closes batches: hash tree, one time-stamp, chain. Closing is committed before the tree is made, so that no digest is left between
/// two batches; the time-stamp and the batch's new state are committed together, so that a batch has one time-stamp or none. A killed
/// node's batch is free as soon as its connection is gone, and is taken up from the start: a token that was made and not stored
/// proves nothing to anybody.
/// </summary>
public sealed class EvidenceBatches(
    SignerDatabase database,
    EvidenceStamps stamps,
    AuditLog audit,
    EvidenceOptions options,
    TimeProvider time
)
{
    /// <summary>Closes what is due (or every open batch), then stamps all closed ones.</summary>
    /// <param name="all">Also those that are neither full nor old.</param>
    /// <param name="run">The job that does it: told of each batch, and waited for before it; null when a caller asked for it.</param>
    /// <returns>The batches that this call stamped.</returns>
    public async Task<IReadOnlyList<long>> CloseAsync(CallOrigin call, bool all, JobRun? run, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<long> closing;
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            await db.BeginClosingAsync(options.MaxBatchSize, all ? now : now - options.MaxBatchAge, now, cancellationToken);
            closing = await db.ClosingBatchesAsync(cancellationToken);
        }

        var stamped = new List<long>();
        for (var i = 0; i < closing.Count; i++)
        {
            using (run is null ? null : await run.NextStepAsync(cancellationToken))
            {
                if (await StampAsync(call, closing[i], cancellationToken))
                {
                    stamped.Add(closing[i]);
                }
            }

            if (run is not null)
            {
                await run.ReportAsync(i + 1, closing.Count, cancellationToken);
            }
        }

        return stamped;
    }

    /// <summary>The newest first.</summary>
    /// <param name="before">Only batches with smaller numbers.</param>
    public async Task<IReadOnlyList<EvidenceBatchRow>> ListAsync(long before, int limit, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.ListBatchesAsync(before, limit, cancellationToken);
    }

    /// <returns>False when another node is at it or was faster.</returns>
    private async Task<bool> StampAsync(CallOrigin call, long id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.TryLockClosingAsync(id, cancellationToken) is not { } batch)
        {
            return false;
        }

        var hash = new HashAlgorithmName(batch.Hash);
        var builder = new BlockedHashTree.Builder(hash);
        await foreach (var leaf in db.ReadLeavesAsync(id, 0, batch.Size, cancellationToken))
        {
            builder.Add(leaf);
        }

        if (builder.Count != batch.Size)
        {
            throw new InvalidOperationException($"Evidence batch {id} has {builder.Count} leaves where {batch.Size} were registered.");
        }

        var roots = builder.BlockRoots();
        var root = new BlockedHashTree(hash, roots).Root;
        var token = await stamps.StampAsync(hash, root, cancellationToken);
        var tokenId = await db.AddTokenAsync(token.Encoded, token.GenTime, token.NotAfter, cancellationToken);
        await db.AddLinkAsync(id, 0, tokenId, null, cancellationToken);
        await db.CompleteBatchAsync(id, roots, time.GetUtcNow(), cancellationToken);
        await audit.AppendAsync(
            db,
            EvidenceEvents.Of(
                call,
                "evidence.stamped",
                "evidence-batch",
                id.ToString(CultureInfo.InvariantCulture),
                ("digests", batch.Size.ToString(CultureInfo.InvariantCulture)),
                ("root", $"{batch.Hash}:{Convert.ToHexStringLower(root.Span)}")
            ),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
