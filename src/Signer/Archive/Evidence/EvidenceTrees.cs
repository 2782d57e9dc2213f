using System.Security.Cryptography;
using EContract.Pki.Ers;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Evidence;

/// <summary>
/// Finds the reduced hash trees of leaves: from the block roots that a batch keeps and the leaves of one block. Keeps the last batch
/// and block, for whoever asks for many of the same. Not thread-safe; one unit of work uses one.
/// </summary>
internal sealed class EvidenceTrees(SignerContext db)
{
    private (long BatchId, BlockedHashTree Tree, int Size) _batch = (-1, null!, 0);
    private (long BatchId, int Start, HashTree Tree) _block = (-1, 0, null!);

    public async Task<IReadOnlyList<PartialHashtree>?> ReduceAsync(EvidenceLeafRow leaf, CancellationToken cancellationToken)
    {
        if (_batch.BatchId != leaf.BatchId)
        {
            var batch =
                await db.FindBatchAsync(leaf.BatchId, cancellationToken)
                ?? throw new InvalidOperationException($"Evidence batch {leaf.BatchId} is not there.");
            var roots = await db.GetBlockRootsAsync(leaf.BatchId, cancellationToken);
            _batch = (leaf.BatchId, new BlockedHashTree(new HashAlgorithmName(batch.Hash), roots), batch.Size);
        }

        var start = BlockedHashTree.BlockStart(leaf.Ordinal);
        if (_block.BatchId != leaf.BatchId || _block.Start != start)
        {
            using var leaves = new MemoryStream();
            await foreach (var value in db.ReadLeavesAsync(leaf.BatchId, start, BlockedHashTree.BlockSize, cancellationToken))
            {
                leaves.Write(value);
            }

            _block = (leaf.BatchId, start, new HashTree(_batch.Tree.Hash, leaves.GetBuffer().AsSpan(0, (int)leaves.Length)));
        }

        return ReducedHashtree.Of([leaf.Leaf ?? leaf.Digest], _batch.Tree.Siblings(leaf.Ordinal, _block.Tree));
    }
}
