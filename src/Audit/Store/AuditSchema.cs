using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EContract.Audit.Store;

/// <summary>Brings schema <c>audit</c> up to date; several nodes at once are safe.</summary>
public static class AuditSchema
{
    public static async Task MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        // One at a time, before EF's own lock: that one needs a table which the first node has yet to make.
        await using (var gate = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('econtract audit migration', 0))", connection))
        {
            await gate.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var context = AuditDbContext.Open(connectionString))
        {
            await context.Database.MigrateAsync(cancellationToken);
        }

        await using var open = new NpgsqlCommand("select pg_advisory_unlock(hashtextextended('econtract audit migration', 0))", connection);
        await open.ExecuteNonQueryAsync(cancellationToken);
    }
}
