using EContract.Pki.Asn1;
using EContract.Pki.Ers;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Puts evidence records together from what the batches keep: chains, and the reduced hash tree of one leaf.</summary>
internal sealed class EvidenceAssembly(SignerContext db)
{
    private readonly EvidenceTrees _trees = new(db);

    /// <summary>The links of the batch asked for last: callers come batch by batch.</summary>
    private (long BatchId, List<EvidenceLinkRow> Links) _links = (-1, []);

    /// <summary>The record of a leaf with the first so many time-stamps of its batch; null when the batch has none yet.</summary>
    public async Task<EvidenceRecord?> BuildAsync(EvidenceLeafRow leaf, int links, CancellationToken cancellationToken)
    {
        if (_links.BatchId != leaf.BatchId)
        {
            _links = (leaf.BatchId, await db.GetLinksAsync(leaf.BatchId, int.MaxValue, cancellationToken));
        }

        List<EvidenceLinkRow> chain = [.. _links.Links.Take(links)];
        if (chain.Count == 0)
        {
            return null;
        }

        List<ArchiveTimeStamp> timeStamps =
        [
            new() { ReducedHashtree = await _trees.ReduceAsync(leaf, cancellationToken), TimeStamp = chain[0].Token },
            .. chain.Skip(1).Select(Renewal),
        ];
        List<ArchiveTimeStampChain> chains = [new(timeStamps)];
        if (leaf is { PreviousBatchId: { } batchId, PreviousOrdinal: { } ordinal, PreviousLinks: { } covered })
        {
            var previous =
                await db.FindLeafAsync(batchId, ordinal, cancellationToken)
                ?? throw new InvalidOperationException($"Evidence leaf {batchId}/{ordinal} is not there.");
            var older = await new EvidenceAssembly(db).BuildAsync(previous, covered, cancellationToken);
            chains.InsertRange(0, older!.Sequence.Chains);
        }
        else if (leaf is { PreviousImport: not null, PreviousLinks: { } taken })
        {
            var import =
                await db.FindRenewedImportAsync(leaf, cancellationToken)
                ?? throw new InvalidOperationException($"The imported record of evidence leaf {leaf.BatchId}/{leaf.Ordinal} is not there.");
            // The record goes on in its old chain, too; what came later is not covered.
            var known = EvidenceRecord.Decode(import.Record).Sequence.Chains;
            chains.InsertRange(0, [.. known.SkipLast(1), new ArchiveTimeStampChain([.. known[^1].TimeStamps.Take(taken)])]);
        }

        return EvidenceRecord.Of(new ArchiveTimeStampSequence(chains));
    }

    private static ArchiveTimeStamp Renewal(EvidenceLinkRow link) =>
        Der.Decode(link.ArchiveTimeStamp!, "RFC 4998 §4.1", ArchiveTimeStamp.Decode);
}
