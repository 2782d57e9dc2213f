using Npgsql;

namespace EContract.Audit.Appending;

/// <summary>
/// A connection that flushes the database's write-ahead log. Whatever was committed before, on any connection, is on disk afterwards:
/// so the chain's own connection never waits for the disk.
/// </summary>
internal sealed class WalFlusher : IDisposable
{
    // A transaction of its own, with synchronous_commit as the server has it (a synchronous standby is waited for too). It must write
    // something: an empty one would not be flushed. The message costs some 60 bytes of log and reaches nobody.
    private const string FlushSql = "select pg_logical_emit_message(true, 'econtract.audit', '')";

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _flush;

    private WalFlusher(NpgsqlConnection connection)
    {
        _connection = connection;
        _flush = new NpgsqlCommand(FlushSql, connection);
    }

    public static WalFlusher Open(NpgsqlDataSource dataSource)
    {
        var flusher = new WalFlusher(dataSource.OpenConnection());
        try
        {
            flusher._flush.Prepare();
            return flusher;
        }
        catch
        {
            flusher.Dispose();
            throw;
        }
    }

    public void Flush() => _flush.ExecuteNonQuery();

    /// <summary>Which of these events are in the log as this connection's server knows it.</summary>
    public HashSet<Guid> FindRecorded(Guid[] events)
    {
        using var command = new NpgsqlCommand("select event_id from audit.record where event_id = any($1)", _connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = events });
        var recorded = new HashSet<Guid>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            recorded.Add(reader.GetGuid(0));
        }

        return recorded;
    }

    public void Dispose()
    {
        _flush.Dispose();
        _connection.Dispose();
    }
}
