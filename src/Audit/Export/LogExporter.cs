using System.Runtime.CompilerServices;
using EContract.Audit.Checkpoints;
using EContract.Audit.Records;
using Npgsql;

namespace EContract.Audit.Export;

/// <summary>
/// Reads the whole log as it stands in the database, damaged or not: what the checkpoints say belongs together, in the tree's order.
/// Judging it is the verifier's part.
/// </summary>
public sealed class LogExporter(NpgsqlDataSource dataSource)
{
    private const string RecordsSql = """
        select r.sequence, r.linked_at, r.previous, r.hash, coalesce(e.body, ''::bytea)
        from audit.record r left join audit.event e on e.id = r.event_id
        where r.chain = $1 and r.sequence between $2 and $3 order by r.sequence
        """;

    public async IAsyncEnumerable<LogItem> ExportAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        // One snapshot for the whole export, however long it takes.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var covered = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (body, cms) in await ReadCheckpointsAsync(connection, cancellationToken))
        {
            foreach (var range in body.Ranges)
            {
                // What lies between the ranges was pushed in: it is told too.
                var from = covered.GetValueOrDefault(range.Chain) + 1;
                await foreach (var record in ReadAsync(connection, range.Chain, Math.Min(from, range.First), range.Last, cancellationToken))
                {
                    yield return record;
                }

                covered[range.Chain] = range.Last;
            }

            yield return new LogItem.SignedCheckpoint(cms);
        }

        foreach (
            var chain in await ReadColumnAsync<string>(
                connection,
                "select chain from (select distinct chain from audit.record) c order by chain collate \"C\"",
                cancellationToken
            )
        )
        {
            await foreach (
                var record in ReadAsync(connection, chain, covered.GetValueOrDefault(chain) + 1, long.MaxValue, cancellationToken)
            )
            {
                yield return record;
            }
        }

        const string Unlinked =
            "select body from audit.event e where not exists (select from audit.record r where r.event_id = e.id) order by id";
        foreach (var body in await ReadColumnAsync<byte[]>(connection, Unlinked, cancellationToken))
        {
            yield return new LogItem.Unlinked(body);
        }
    }

    private static async IAsyncEnumerable<LogItem.Record> ReadAsync(
        NpgsqlConnection connection,
        string chain,
        long first,
        long last,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(RecordsSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = chain });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var body = reader.GetFieldValue<byte[]>(4);
            var record = new ChainRecord
            {
                Chain = chain,
                Sequence = reader.GetInt64(0),
                LinkedAt = reader.GetFieldValue<DateTimeOffset>(1),
                Previous = reader.GetFieldValue<byte[]>(2),
                EventDigest = System.Security.Cryptography.SHA256.HashData(body),
            };
            yield return new LogItem.Record(record, reader.GetFieldValue<byte[]>(3), body);
        }
    }

    private static async Task<List<(Checkpoint Body, byte[] Cms)>> ReadCheckpointsAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand("select body, cms from audit.checkpoint order by number", connection);
        var checkpoints = new List<(Checkpoint, byte[])>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var cms = reader.GetFieldValue<byte[]>(1);
            // The signed content leads; the column is only a copy of it.
            checkpoints.Add((Verification.CheckpointSignature.ReadContent(cms) ?? Checkpoint.Decode(reader.GetFieldValue<byte[]>(0)), cms));
        }

        return checkpoints;
    }

    private static async Task<List<T>> ReadColumnAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        var values = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            values.Add(reader.GetFieldValue<T>(0));
        }

        return values;
    }
}
