using EContract.Audit.Checkpoints;
using EContract.Audit.Merkle;
using EContract.Audit.Records;
using EContract.Hosting.Errors;
using Npgsql;

namespace EContract.Audit.Search;

/// <summary>A record with the proof that it is in the log.</summary>
/// <param name="Event">DER AuditEvent.</param>
/// <param name="Record">DER AuditRecord.</param>
/// <param name="LeafIndex">Its place in the tree.</param>
/// <param name="Proof">RFC 9162 §2.1.3.</param>
public sealed record ProvenRecord(byte[] Event, byte[] Record, long LeafIndex, IReadOnlyList<byte[]> Proof);

/// <summary>Reads single records.</summary>
public sealed class RecordReader(NpgsqlDataSource dataSource)
{
    private const string FindSql = """
        select e.body, r.chain, r.sequence, r.linked_at, r.previous
        from audit.event e left join audit.record r on r.event_id = e.id where e.id = $1
        """;

    private const string LeafSql = """
        select first_leaf + $2 - first_sequence from audit.checkpoint_range
        where chain = $1 and first_sequence <= $2 and last_sequence >= $2 order by last_sequence limit 1
        """;

    /// <summary>The event, and its record once it is linked. Null: there is no such event.</summary>
    public async Task<(byte[] Event, ChainRecord? Record)?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, id, cancellationToken);
    }

    internal static async Task<ProvenRecord> ProveAsync(
        NpgsqlConnection connection,
        ITreeReader tree,
        Checkpoint checkpoint,
        Guid id,
        CancellationToken cancellationToken
    )
    {
        var (body, record) =
            await FindAsync(connection, id, cancellationToken)
            ?? throw new ServiceException(Fault.AuditRecordNotFound, "There is no such record.");
        var leaf = record is null ? null : await FindLeafAsync(connection, record, cancellationToken);
        if (record is null || leaf is null || leaf >= checkpoint.TreeSize)
        {
            throw new ServiceException(Fault.AuditNotCheckpointed, "The record is not covered by a checkpoint yet.");
        }

        var proof = await MerkleProof.InclusionAsync(tree, leaf.Value, checkpoint.TreeSize, cancellationToken);
        return new ProvenRecord(body, record.Encode(), leaf.Value, proof);
    }

    private static async Task<(byte[] Event, ChainRecord? Record)?> FindAsync(
        NpgsqlConnection connection,
        Guid id,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(FindSql, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var body = reader.GetFieldValue<byte[]>(0);
        return (
            body,
            await reader.IsDBNullAsync(1, cancellationToken)
                ? null
                : new ChainRecord
                {
                    Chain = reader.GetString(1),
                    Sequence = reader.GetInt64(2),
                    LinkedAt = reader.GetFieldValue<DateTimeOffset>(3),
                    Previous = reader.GetFieldValue<byte[]>(4),
                    EventDigest = System.Security.Cryptography.SHA256.HashData(body),
                }
        );
    }

    private static async Task<long?> FindLeafAsync(NpgsqlConnection connection, ChainRecord record, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LeafSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = record.Chain });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = record.Sequence });
        return (long?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
