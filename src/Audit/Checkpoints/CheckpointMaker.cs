using EContract.Audit.Merkle;
using EContract.Audit.Records;
using Npgsql;

namespace EContract.Audit.Checkpoints;

/// <summary>Makes checkpoints. Any node may; one at a time does.</summary>
public sealed class CheckpointMaker(NpgsqlDataSource dataSource, CheckpointSigner signer, TimeProvider time)
{
    /// <summary>Covers all records that no checkpoint covers; null when there are none.</summary>
    public async Task<StoredCheckpoint?> MakeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (
            var turn = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('econtract audit checkpoint', 0))", connection)
        )
        {
            await turn.ExecuteNonQueryAsync(cancellationToken);
        }

        var last = await CheckpointStore.ReadAsync(connection, number: null, cancellationToken);
        var size = last?.Checkpoint.TreeSize ?? 0;
        var ranges = await CheckpointStore.ReadUncoveredAsync(connection, size, cancellationToken);
        if (ranges.Count == 0)
        {
            return null;
        }

        var tree = await CheckpointStore.ReadFrontierAsync(connection, size, cancellationToken);
        var completed = new List<CompleteSubtree>();
        foreach (var range in ranges)
        {
            await CheckpointStore.ReadHashesAsync(connection, range, hash => tree.Add(hash, completed.Add), cancellationToken);
        }

        var checkpoint = new Checkpoint
        {
            Number = (last?.Checkpoint.Number ?? 0) + 1,
            MadeAt = Canonical.Microseconds(time.GetUtcNow()),
            TreeSize = tree.Size,
            Root = tree.Root(),
            Previous = last is null ? new byte[MerkleHash.Size] : Checkpoint.Digest(last.Body.Span),
            Ranges = ranges,
        };
        var body = checkpoint.Encode();
        var cms = await signer.SignAsync(body, cancellationToken);
        await CheckpointStore.WriteAsync(connection, checkpoint, body, cms, completed, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new StoredCheckpoint(checkpoint, body, cms);
    }
}
