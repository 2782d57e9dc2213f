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
    // One scan of the index of serials, whatever their number and their authorities; the index has every column.
    private const string Sql = """
        SELECT authority, serial, status, revoked_at, reason FROM ca.certificates WHERE serial = ANY($1) AND state = 2
        """;

    // Null until the first query, and after one that found the connection lost.
    private NpgsqlCommand? _command;

    /// <param name="serials">Content octets.</param>
    /// <returns>Those that were issued, by whichever authority.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<Dictionary<(string Authority, SerialNumber Serial), CertificateStanding>> ReadAsync(byte[][] serials)
    {
        if (_command is not null)
        {
            try
            {
                return await ReadOnceAsync(serials);
            }
            catch (Exception e) when (e is NpgsqlException { InnerException: not TimeoutException } or InvalidOperationException)
            {
                // The server may have been restarted since the last query: that alone is no outage.
                await DisposeAsync();
            }
        }

        return await ReadOnceAsync(serials);
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

    private async Task<Dictionary<(string Authority, SerialNumber Serial), CertificateStanding>> ReadOnceAsync(byte[][] serials)
    {
        var command = _command ??= await PrepareAsync();
        command.Parameters[0].Value = serials;
        var found = new Dictionary<(string, SerialNumber), CertificateStanding>(serials.Length);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            found[(rows.GetString(0), SerialNumber.FromContent(rows.GetFieldValue<byte[]>(1)))] = new(
                (CertificateStatus)rows.GetInt32(2),
                rows.IsDBNull(3) ? null : rows.GetFieldValue<DateTimeOffset>(3),
                rows.IsDBNull(4) ? null : rows.GetInt32(4)
            );
        }

        return found;
    }
}
