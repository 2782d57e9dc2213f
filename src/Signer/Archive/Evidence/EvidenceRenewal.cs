using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Pki.Asn1;
using EContract.Pki.Ers;
using EContract.Pki.Tsp;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Evidence;

/// <summary>
/// Renews time-stamps before their certificate ends (RFC 4998 §5.2): all batches and imported records of one hash algorithm under one
/// new time-stamp. One transaction: all of them are renewed, or none. A time-stamp is due near its end and only after half of its life: an
/// authority whose own certificate ends soon is not asked again and again for what wins nothing.
/// </summary>
public sealed class EvidenceRenewal(
    SignerDatabase database,
    EvidenceStamps stamps,
    AuditLog audit,
    EvidenceOptions options,
    TimeProvider time
)
{
    /// <param name="all">Also what is not due yet.</param>
    /// <returns>How many chains were renewed; 0 also when another node is at it.</returns>
    public async Task<int> RenewAsync(CallOrigin call, bool all, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await db.TryLockRenewalAsync(cancellationToken))
        {
            return 0;
        }

        var endsBefore = all ? DateTimeOffset.MaxValue : time.GetUtcNow() + options.RenewBefore;
        var halfwayBefore = all ? DateTimeOffset.MaxValue : time.GetUtcNow();
        var due = new List<DueChain>();
        foreach (var row in await db.DueBatchesAsync(endsBefore, halfwayBefore, cancellationToken))
        {
            var links = await db.GetLinksAsync(row.BatchId, row.Links, cancellationToken);
            due.Add(new DueChain(new HashAlgorithmName(row.Hash), [.. links.Select(link => link.Token)], row, null));
        }

        foreach (var import in await db.DueImportsAsync(endsBefore, cancellationToken))
        {
            var tokens = EvidenceRecord.Decode(import.Record).Sequence.Chains[^1].TimeStamps.Select(t => t.TimeStamp.ToArray()).ToArray();
            var stampedAt = TimeStampToken.Decode(tokens[^1]).TstInfo.GenTime;
            if (stampedAt + ((import.NotAfter - stampedAt) / 2) <= halfwayBefore)
            {
                due.Add(new DueChain(new HashAlgorithmName(import.Hash), tokens, null, import));
            }
        }

        foreach (var group in due.GroupBy(chain => chain.Hash))
        {
            await RenewAsync(db, call, group.Key, [.. group], cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return due.Count;
    }

    private async Task RenewAsync(
        SignerContext db,
        CallOrigin call,
        HashAlgorithmName hash,
        List<DueChain> chains,
        CancellationToken cancellationToken
    )
    {
        List<IReadOnlyList<ReadOnlyMemory<byte>>> objects = chains.ConvertAll(chain => chain.Digests());
        using var leaves = new MemoryStream();
        foreach (var group in objects)
        {
            leaves.Write(ReducedHashtree.GroupLeaf(group, hash).Span);
        }

        var tree = new HashTree(hash, leaves.GetBuffer().AsSpan(0, (int)leaves.Length));
        var token = await stamps.StampAsync(hash, tree.Root, cancellationToken);
        var tokenId = await db.AddTokenAsync(token.Encoded, token.GenTime, token.NotAfter, cancellationToken);
        for (var i = 0; i < chains.Count; i++)
        {
            var next = new ArchiveTimeStamp
            {
                ReducedHashtree = ReducedHashtree.Of(objects[i], tree.Siblings(i)),
                TimeStamp = token.Encoded,
            };
            if (chains[i].Batch is { } batch)
            {
                await db.AddLinkAsync(batch.BatchId, batch.Links, tokenId, Der.Encode(next.Encode), cancellationToken);
            }
            else if (chains[i].Import is { } import)
            {
                var record = EvidenceRecord.Decode(import.Record).WithTimeStamp(next).Encode();
                await db.RenewImportAsync(import with { Record = record, NotAfter = token.NotAfter }, cancellationToken);
            }
        }

        await audit.AppendAsync(
            db,
            EvidenceEvents.Of(
                call,
                "evidence.renewed",
                "evidence-token",
                tokenId.ToString(CultureInfo.InvariantCulture),
                ("chains", chains.Count.ToString(CultureInfo.InvariantCulture)),
                ("root", $"{hash.Name}:{Convert.ToHexStringLower(tree.Root.Span)}")
            ),
            cancellationToken
        );
    }

    /// <summary>A chain whose newest time-stamp has to be covered by another.</summary>
    /// <param name="Tokens">All time-stamps of the chain; see <see cref="EvidenceRecord.RenewalDigests"/> for why not only the newest.</param>
    private sealed record DueChain(HashAlgorithmName Hash, byte[][] Tokens, EvidenceDueRow? Batch, EvidenceImportRow? Import)
    {
        public IReadOnlyList<ReadOnlyMemory<byte>> Digests() =>
            [.. Tokens.Select(token => (ReadOnlyMemory<byte>)CryptographicOperations.HashData(Hash, token))];
    }
}
