using EContract.Ca.Revocation;
using Npgsql;

namespace EContract.Ca.Store;

/// <summary>The right to issue a scope's CRLs: a PostgreSQL session lock, so that a crashed node's right ends with its connection.</summary>
internal sealed class ScopeLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly string _name;

    private ScopeLock(NpgsqlConnection connection, string name)
    {
        _connection = connection;
        _name = name;
    }

    public static async Task<ScopeLock> TakeAsync(NpgsqlConnection connection, CrlScope scope, CancellationToken cancellationToken)
    {
        // Complete and delta share it, as they share the numbers.
        var name = $"ca.crl/{scope.Authority}/{scope.Column}";
        await RunAsync(connection, "SELECT pg_advisory_lock(hashtextextended($1, 0))", name, cancellationToken);
        return new(connection, name);
    }

    public async ValueTask DisposeAsync() =>
        await RunAsync(_connection, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", _name, CancellationToken.None);

    private static async Task RunAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = name });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
