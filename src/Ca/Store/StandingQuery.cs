using EContract.Ca.Ocsp;
using EContract.Pki;
using Npgsql;
using NpgsqlTypes;

namespace EContract.Ca.Store;

/// <summary>
/// The standing of many certificates in one round trip, over a connection of its own with the query prepared: what a pool does to a
/// connection between two users costs the database more than the look-up. For one user at a time.
/// </summary>
internal sealed class StandingQuery(CaDatabase database) : IAsyncDisposable
{
    // One scan of the primary key, whatever the number of serials.
    private const string Sql = """
        SELECT serial, status, revoked_at, reason FROM ca.certificates WHERE authority = $1 AND serial = ANY($2) AND state = 2
        """;

    // Null until the first query, and after one that found the connection lost.
    private NpgsqlCommand? _command;

    /// <param name="serials">Content octets.</param>
    /// <returns>Those that were issued.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<Dictionary<SerialNumber, CertificateStanding>> ReadAsync(string authority, byte[][] serials)
    {
        if (_command is not null)
        {
            try
            {
                return await ReadOnceAsync(authority, serials);
            }
            catch (Exception e) when (e is NpgsqlException { InnerException: not TimeoutException } or InvalidOperationException)
            {
                // The server may have been restarted since the last query: that alone is no outage.
                await DisposeAsync();
            }
        }

        return await ReadOnceAsync(authority, serials);
    }

    public async ValueTask DisposeAsync()
    {
        if (_command is { } command)
        {
            _command = null;
            await command.Connection!.DisposeAsync();
            await command.DisposeAsync();
        }
    }

    private async Task<NpgsqlCommand> PrepareAsync()
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        try
        {
            await command.PrepareAsync();
            return command;
        }
        catch
        {
            await connection.DisposeAsync();
            await command.DisposeAsync();
            throw;
        }
    }

    private async Task<Dictionary<SerialNumber, CertificateStanding>> ReadOnceAsync(string authority, byte[][] serials)
    {
        var command = _command ??= await PrepareAsync();
        command.Parameters[0].Value = authority;
        command.Parameters[1].Value = serials;
        var found = new Dictionary<SerialNumber, CertificateStanding>(serials.Length);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            found[SerialNumber.FromContent(rows.GetFieldValue<byte[]>(0))] = new(
                (CertificateStatus)rows.GetInt32(1),
                rows.IsDBNull(2) ? null : rows.GetFieldValue<DateTimeOffset>(2),
                rows.IsDBNull(3) ? null : rows.GetInt32(3)
            );
        }

        return found;
    }
}
