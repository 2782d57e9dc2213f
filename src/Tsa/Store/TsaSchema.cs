using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EContract.Tsa.Store;

internal static class TsaSchema
{
    private const string Gate = "hashtextextended('econtract tsa migration', 0)";

    /// <summary>Brings the schema up to date. Nodes that start together take turns.</summary>
    public static async Task MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        // CREATE SCHEMA IF NOT EXISTS of two sessions at once fails in one of them, so the first takes a lock of its own.
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using (var command = new NpgsqlCommand($"SELECT pg_advisory_lock({Gate}); CREATE SCHEMA IF NOT EXISTS tsa", connection))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        try
        {
            await using TsaDbContext context = TsaDbContext.Open(connectionString);
            await context.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({Gate})", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }
}
