using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Ers;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Evidence;

/// <summary>
/// Takes documents over into batches of a stronger hash algorithm (RFC 4998 §5.3). The caller has the documents and gives their new
/// digests; each new leaf covers its digest and the evidence so far. A repeated stream renews nothing twice.
/// </summary>
public sealed class HashTreeRenewal(SignerDatabase database, AuditLog audit, EvidenceOptions options, TimeProvider time)
{
    private const int ChunkSize = 2000;

    /// <param name="hash">The stronger algorithm.</param>
    /// <exception cref="ServiceException">INVALID_ARGUMENT, ARCHIVE_DOCUMENT_NOT_FOUND, EVIDENCE_RECORD_NOT_FOUND, ALGORITHM_SUNSET.</exception>
    public async Task<RegistrationResult> RenewAsync(
        CallOrigin call,
        HashAlgorithmName hash,
        IAsyncEnumerable<RenewedDigest> digests,
        CancellationToken cancellationToken
    )
    {
        var result = default(RegistrationResult);
        await foreach (var chunk in digests.Chunk(ChunkSize).WithCancellation(cancellationToken))
        {
            var added = await AddAsync(call, hash, chunk, cancellationToken);
            result = new RegistrationResult(result.Registered + added, result.Known + chunk.Length - added);
        }

        return result;
    }

    private async Task<int> AddAsync(CallOrigin call, HashAlgorithmName hash, RenewedDigest[] chunk, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var batch = await db.LockOpenBatchAsync(hash.Name!, now, cancellationToken);
        // By place, so that the assembly finds neighbours in the block that it has.
        var leaves = new List<(EvidenceLeafRow Leaf, byte[] Renewed)>(chunk.Length);
        var imports = new List<(EvidenceImportRow Import, byte[] Renewed)>();
        foreach (var pair in chunk)
        {
            if (pair.Renewed.Length != HashAlgorithms.DigestLength(hash) || pair.Renewed.Length <= pair.Registered.Length)
            {
                throw ServiceException.Invalid("digests", $"A {hash.Name} digest is needed, and a longer one than was registered.");
            }

            var (registered, renewed) = (pair.Registered.ToArray(), pair.Renewed.ToArray());
            if (await db.FindLeafAsync(call.Caller, registered, cancellationToken) is { } leaf)
            {
                leaves.Add((leaf, renewed));
                continue;
            }

            var import =
                await db.FindImportAsync(call.Caller, registered, cancellationToken)
                ?? throw new ServiceException(Fault.ArchiveDocumentNotFound, "A digest is not registered; none of its chunk is renewed.");
            imports.Add((import, renewed));
        }

        var assembly = new EvidenceAssembly(db);
        var added = 0;
        foreach (var (leaf, renewed) in leaves.OrderBy(l => l.Leaf.BatchId).ThenBy(l => l.Leaf.Ordinal))
        {
            var record =
                await assembly.BuildAsync(leaf, int.MaxValue, cancellationToken)
                ?? throw new ServiceException(Fault.EvidenceRecordNotFound, "A digest's batch has no time-stamp yet.");
            var next = new EvidenceLeafRow(
                batch.Id,
                batch.Size + added,
                renewed,
                record.Sequence.RenewedDigest(renewed, hash),
                leaf.Reference,
                leaf.BatchId,
                leaf.Ordinal,
                record.Sequence.Chains[^1].TimeStamps.Count,
                null
            );
            added += await db.AddRenewedLeafAsync(batch, call.Caller, next, cancellationToken) ? 1 : 0;
        }

        foreach (var (import, renewed) in imports)
        {
            var sequence = EvidenceRecord.Decode(import.Record).Sequence;
            var next = new EvidenceLeafRow(
                batch.Id,
                batch.Size + added,
                renewed,
                sequence.RenewedDigest(renewed, hash),
                "",
                null,
                null,
                sequence.Chains[^1].TimeStamps.Count,
                import.Digest
            );
            added += await db.AddRenewedLeafAsync(batch, call.Caller, next, cancellationToken) ? 1 : 0;
        }

        await db.GrowAsync(batch, added, cancellationToken);
        if (added > 0)
        {
            await audit.AppendAsync(
                db,
                EvidenceEvents.Of(
                    call,
                    "evidence.rehashed",
                    "evidence-batch",
                    batch.Id.ToString(CultureInfo.InvariantCulture),
                    ("digests", added.ToString(CultureInfo.InvariantCulture)),
                    ("hash", hash.Name!)
                ),
                cancellationToken
            );
        }

        await db.BeginClosingAsync(options.MaxBatchSize, DateTimeOffset.MinValue, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return added;
    }
}
