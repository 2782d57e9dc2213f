using EContract.Audit.Records;
using Npgsql;
using NpgsqlTypes;

namespace EContract.Audit.Appending;

/// <summary>
/// The node's chain on one connection. The connection holds an advisory lock as long as it lives, so no second process writes to the
/// same chain; when it breaks, the chain is claimed anew and its head is read again. Used by the writer's thread only.
/// </summary>
internal sealed class Chain : IDisposable
{
    private const string LinkSql = """
        insert into audit.record (chain, sequence, event_id, linked_at, previous, hash)
        select $1, * from unnest($2, $3, $4, $5, $6)
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _append;
    private readonly NpgsqlBatch _appendWithSideRows;
    private readonly NpgsqlBatch _link;
    private byte[] _head = new byte[ChainRecord.HashSize];
    private long _sequence;
    private DateTimeOffset _linkedAt = DateTimeOffset.MinValue;

    private Chain(NpgsqlConnection connection, string name)
    {
        _connection = connection;
        Name = name;
        _append = CreateBatch(EventInsert.Create(withSideRows: false));
        _appendWithSideRows = CreateBatch(EventInsert.Create(withSideRows: true));
        _link = CreateBatch([]);
    }

    public string Name { get; }

    public NpgsqlConnection Connection => _connection;

    /// <summary>Claims the node's chain, or, when another process of the same name holds it, <c>node~2</c>, <c>node~3</c> …</summary>
    public static Chain Claim(NpgsqlDataSource dataSource, string node)
    {
        var connection = dataSource.OpenConnection();
        try
        {
            for (var number = 1; ; number++)
            {
                var name = number == 1 ? node : $"{node}~{number}";
                using var claim = new NpgsqlCommand(
                    "select pg_try_advisory_lock(hashtextextended('econtract audit chain ' || $1, 0))",
                    connection
                );
                claim.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
                if (claim.ExecuteScalar() is true)
                {
                    var chain = new Chain(connection, name);
                    chain.Begin();
                    return chain;
                }
            }
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Commits new events with their links, and links of events that are there already, in one transaction. It is on disk only after
    /// a flush (<see cref="WalFlusher"/>).
    /// </summary>
    public void Commit(IReadOnlyList<PreparedEvent> events, IReadOnlyList<UnlinkedEvent> unlinked, DateTimeOffset now)
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

        var withSideRows = events.Any(e => e.HasSideRows);
        var batch =
            events.Count == 0 ? _link
            : withSideRows ? _appendWithSideRows
            : _append;
        if (events.Count > 0)
        {
            EventInsert.Bind(batch, events, deferred: false, withSideRows);
        }

        var link = batch.BatchCommands[^1];
        ((NpgsqlParameter<long[]>)link.Parameters[1]).TypedValue = sequences;
        ((NpgsqlParameter<Guid[]>)link.Parameters[2]).TypedValue = ids;
        ((NpgsqlParameter<DateTime[]>)link.Parameters[3]).TypedValue = [.. Enumerable.Repeat(linkedAt.UtcDateTime, count)];
        ((NpgsqlParameter<byte[][]>)link.Parameters[4]).TypedValue = previous;
        ((NpgsqlParameter<byte[][]>)link.Parameters[5]).TypedValue = hashes;
        // A batch is one implicit transaction.
        batch.ExecuteNonQuery();
        (_head, _sequence, _linkedAt) = (head, _sequence + count, linkedAt);
    }

    public void Dispose()
    {
        _append.Dispose();
        _appendWithSideRows.Dispose();
        _link.Dispose();
        // Not back into the pool with the lock: closing the session is what gives the chain free.
        NpgsqlConnection.ClearPool(_connection);
        _connection.Dispose();
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

    private NpgsqlBatch CreateBatch(IEnumerable<NpgsqlBatchCommand> inserts)
    {
        var batch = new NpgsqlBatch(_connection);
        foreach (var insert in inserts)
        {
            batch.BatchCommands.Add(insert);
        }

        batch.BatchCommands.Add(CreateLink(Name));
        return batch;
    }

    private void Begin()
    {
        // Commits return without waiting for the disk: the flush that releases a group comes after, while the next one is written.
        using (var command = new NpgsqlCommand("set synchronous_commit = off", _connection))
        {
            command.ExecuteNonQuery();
        }

        ReadHead();
        _append.Prepare();
        _appendWithSideRows.Prepare();
        _link.Prepare();
    }

    private void ReadHead()
    {
        using var command = new NpgsqlCommand(
            "select sequence, hash, linked_at from audit.record where chain = $1 order by sequence desc limit 1",
            _connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        using var reader = command.ExecuteReader();
        if (reader.Read())
        {
            _sequence = reader.GetInt64(0);
            _head = reader.GetFieldValue<byte[]>(1);
            _linkedAt = reader.GetFieldValue<DateTimeOffset>(2);
        }
    }
}
