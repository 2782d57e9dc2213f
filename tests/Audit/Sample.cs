using EContract.Audit.Records;
using EContract.TestKit;
using Npgsql;

namespace EContract.Audit.Tests;

/// <summary>Events to record, and the log as an outsider reads it.</summary>
internal static class Sample
{
    public static AuditEvent Event(string objectId, string action = "certificate.issued") =>
        new()
        {
            Action = action,
            Caller = "portal",
            OnBehalfOf = "S-0001",
            ObjectType = "certificate",
            ObjectId = objectId,
            Outcome = AuditOutcome.Succeeded,
            CorrelationId = "c-" + objectId,
            Details = new Dictionary<string, string> { ["serial"] = "1f", ["profile"] = "subscriber" },
        };

    public static async Task<List<(ChainRecord Record, byte[] Hash)>> ReadChainAsync(PostgresDatabase database, string chain)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            select r.sequence, r.linked_at, r.previous, sha256(e.body), r.hash
            from audit.record r join audit.event e on e.id = r.event_id where r.chain = $1 order by r.sequence
            """,
            connection
        );
        command.Parameters.Add(new NpgsqlParameter { Value = chain });
        var records = new List<(ChainRecord, byte[])>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var record = new ChainRecord
            {
                Chain = chain,
                Sequence = reader.GetInt64(0),
                LinkedAt = reader.GetFieldValue<DateTimeOffset>(1),
                Previous = reader.GetFieldValue<byte[]>(2),
                EventDigest = reader.GetFieldValue<byte[]>(3),
            };
            records.Add((record, reader.GetFieldValue<byte[]>(4)));
        }

        return records;
    }

    public static async Task<List<T>> ColumnAsync<T>(PostgresDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        var values = new List<T>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            values.Add(reader.GetFieldValue<T>(0));
        }

        return values;
    }
}
