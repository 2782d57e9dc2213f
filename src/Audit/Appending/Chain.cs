using EContract.Audit.Records;
using Npgsql;
using NpgsqlTypes;

namespace EContract.Audit.Appending;

/// <summary>
/// The node's chain on one connection. The connection holds an advisory lock as long as it lives, so no second process writes to the
/// same chain; when it breaks, the chain is claimed anew and its head is read again. Used by the writer's loop only.
/// </summary>
internal sealed class Chain : IAsyncDisposable
{
    private const string LinkSql = """
        insert into audit.record (chain, sequence, event_id, linked_at, previous, hash)
        select $1, * from unnest($2, $3, $4, $5, $6)
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _appendAndLink;
    private readonly NpgsqlBatch _link;
    private byte[] _head = new byte[ChainRecord.HashSize];
    private long _sequence;
    private DateTimeOffset _linkedAt = DateTimeOffset.MinValue;

    private Chain(NpgsqlConnection connection, string name)
    {
        _connection = connection;
        Name = name;
        _appendAndLink = new NpgsqlBatch(connection);
        _appendAndLink.BatchCommands.Add(EventInsert.Create());
        _appendAndLink.BatchCommands.Add(CreateLink(name));
        _link = new NpgsqlBatch(connection);
        _link.BatchCommands.Add(CreateLink(name));
    }

    public string Name { get; }

    public NpgsqlConnection Connection => _connection;

    /// <summary>Claims the node's chain, or, when another process of the same name holds it, <c>node~2</c>, <c>node~3</c> …</summary>
    public static async Task<Chain> ClaimAsync(NpgsqlDataSource dataSource, string node, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            for (var number = 1; ; number++)
            {
                var name = number == 1 ? node : $"{node}~{number}";
                await using var claim = new NpgsqlCommand(
                    "select pg_try_advisory_lock(hashtextextended('econtract audit chain ' || $1, 0))",
                    connection
                );
                claim.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
                if (await claim.ExecuteScalarAsync(cancellationToken) is true)
                {
                    var chain = new Chain(connection, name);
                    await chain.ReadHeadAsync(cancellationToken);
                    await chain._appendAndLink.PrepareAsync(cancellationToken);
                    await chain._link.PrepareAsync(cancellationToken);
                    return chain;
                }
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Commits new events with their links, and links of events that are there already, in one transaction.</summary>
    public async Task CommitAsync(
        IReadOnlyList<PreparedEvent> events,
        IReadOnlyList<UnlinkedEvent> unlinked,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var count = events.Count + unlinked.Count;
        var (ids, sequences, previous, hashes) = (new Guid[count], new long[count], new byte[count][], new byte[count][]);
        var linkedAt = Canonical.Microseconds(now) is var time && time > _linkedAt ? time : _linkedAt;
        var head = _head;
        for (var i = 0; i < count; i++)
        {
            // Deferred events were committed earlier, so they come first.
            var (id, digest) =
                i < unlinked.Count
                    ? (unlinked[i].Id, unlinked[i].Digest)
                    : (events[i - unlinked.Count].Recorded.Id, events[i - unlinked.Count].Digest);
            var record = new ChainRecord
            {
                Chain = Name,
                Sequence = _sequence + i + 1,
                LinkedAt = linkedAt,
                Previous = head,
                EventDigest = digest,
            };
            (ids[i], sequences[i], previous[i], hashes[i]) = (id, record.Sequence, head, record.Hash());
            head = hashes[i];
        }

        var batch = events.Count > 0 ? _appendAndLink : _link;
        if (events.Count > 0)
        {
            EventInsert.Bind(batch.BatchCommands[0], events, deferred: false);
        }

        var link = batch.BatchCommands[^1];
        ((NpgsqlParameter<long[]>)link.Parameters[1]).TypedValue = sequences;
        ((NpgsqlParameter<Guid[]>)link.Parameters[2]).TypedValue = ids;
        ((NpgsqlParameter<DateTime[]>)link.Parameters[3]).TypedValue = [.. Enumerable.Repeat(linkedAt.UtcDateTime, count)];
        ((NpgsqlParameter<byte[][]>)link.Parameters[4]).TypedValue = previous;
        ((NpgsqlParameter<byte[][]>)link.Parameters[5]).TypedValue = hashes;
        await ExecuteAsync(batch, events, cancellationToken);
        (_head, _sequence, _linkedAt) = (head, _sequence + count, linkedAt);
    }

    public async ValueTask DisposeAsync()
    {
        await _appendAndLink.DisposeAsync();
        await _link.DisposeAsync();
        // Not back into the pool with the lock: closing the session is what gives the chain free.
        NpgsqlConnection.ClearPool(_connection);
        await _connection.DisposeAsync();
    }

    private static NpgsqlBatchCommand CreateLink(string name)
    {
        var command = new NpgsqlBatchCommand(LinkSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<long[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<DateTime[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        return command;
    }

    /// <summary>A batch is one implicit transaction; only side rows make an explicit one necessary.</summary>
    private async Task ExecuteAsync(NpgsqlBatch batch, IReadOnlyList<PreparedEvent> events, CancellationToken cancellationToken)
    {
        if (!events.Any(e => e.HasSideRows))
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return;
        }

        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await using var side = new NpgsqlBatch(_connection, transaction);
        foreach (var command in EventInsert.SideRows(events))
        {
            side.BatchCommands.Add(command);
        }

        await side.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ReadHeadAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select sequence, hash, linked_at from audit.record where chain = $1 order by sequence desc limit 1",
            _connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
        {
            _sequence = reader.GetInt64(0);
            _head = reader.GetFieldValue<byte[]>(1);
            _linkedAt = reader.GetFieldValue<DateTimeOffset>(2);
        }
    }
}
