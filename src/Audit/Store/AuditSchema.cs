using EContract.Hosting.Settings;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EContract.Audit.Store;

/// <summary>Brings schema <c>audit</c> up to date; several nodes at once are safe.</summary>
public static class AuditSchema
{
    /// <summary>
    /// Before serving: the schema must be up to date. A user who may create it, or owns it, brings it up to date itself (development);
    /// one who may only insert and select depends on <c>migrate</c>.
    /// </summary>
    /// <exception cref="SettingsException">It is not up to date, and this user can't change that.</exception>
    public static async Task RequireAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select to_regclass('audit.__migrations') is not null,
                coalesce((select pg_has_role(nspowner, 'USAGE') from pg_namespace where nspname = 'audit'),
                         has_database_privilege(current_database(), 'CREATE'))
            """,
            connection
        );
        bool exists;
        bool mayChange;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (exists, mayChange) = (reader.GetBoolean(0), reader.GetBoolean(1));
        }

        await using var context = AuditDbContext.Open(connectionString);
        if (exists && !(await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            return;
        }

        if (!mayChange)
        {
            throw new SettingsException([
                $"The schema of the evidence log is {(exists ? "not up to date" : "missing")}. Right would be: to run the command migrate as its owner first.",
            ]);
        }

        await MigrateAsync(connectionString, connectionString, cancellationToken);
    }

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
            revoke insert on audit.__migrations from {role};
            grant delete on audit.personal, audit.attachment to {role};
            """,
            connection
        );
        await grant.ExecuteNonQueryAsync(cancellationToken);
    }
}
