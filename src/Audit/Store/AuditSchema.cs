using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EContract.Audit.Store;

/// <summary>Brings schema <c>audit</c> up to date; several nodes at once are safe.</summary>
public static class AuditSchema
{
    /// <param name="connectionString">Of the schema's owner.</param>
    /// <param name="servingConnectionString">Of the server; if its user is another one, it is granted what it needs and nothing more.</param>
    public static async Task MigrateAsync(string connectionString, string servingConnectionString, CancellationToken cancellationToken)
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

        var owner = new NpgsqlConnectionStringBuilder(connectionString).Username;
        if (new NpgsqlConnectionStringBuilder(servingConnectionString).Username is { } user && user != owner)
        {
            await GrantAsync(connection, user, cancellationToken);
        }

        await using var open = new NpgsqlCommand("select pg_advisory_unlock(hashtextextended('econtract audit migration', 0))", connection);
        await open.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Insert and select; delete only where personal data are kept, for erasure.</summary>
    private static async Task GrantAsync(NpgsqlConnection connection, string user, CancellationToken cancellationToken)
    {
        var role = '"' + user.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        await using var grant = new NpgsqlCommand(
            $"""
            revoke all on all tables in schema audit from {role};
            grant usage on schema audit to {role};
            grant select, insert on all tables in schema audit to {role};
            grant delete on audit.personal, audit.attachment to {role};
            """,
            connection
        );
        await grant.ExecuteNonQueryAsync(cancellationToken);
    }
}
