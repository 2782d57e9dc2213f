using EContract.Audit.Store;
using EContract.Hosting.Settings;
using EContract.TestKit;
using Npgsql;
using Xunit;

namespace EContract.Audit.Tests;

/// <summary>The server's database user may add and read; neither grants nor triggers let it do more.</summary>
public sealed class RightsTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_with_a_user_of_its_own_can_only_insert_and_select()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var user = $"server_{Guid.NewGuid():N}";
        await Sample.ColumnAsync<int>(database, $"create role {user} login");
        try
        {
            var serving = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = user }.ConnectionString;
            // Before migrate: the server says what to do, and makes nothing of its own.
            await using (var early = new AuditLog(serving, new AuditOptions { Node = "n1" }))
            {
                var refused = await Assert.ThrowsAsync<SettingsException>(() => early.StartAsync(Ct));
                Assert.Contains("run the command migrate", refused.Message, StringComparison.Ordinal);
            }

            await AuditSchema.MigrateAsync(database.ConnectionString, serving, Ct);
            await using (var log = new AuditLog(serving, new AuditOptions { Node = "n1" }))
            {
                await log.AppendAsync(
                    Sample.Event("a") with
                    {
                        PersonId = "S-1",
                        Personal = new Dictionary<string, string> { ["name"] = "山田太郎" },
                    },
                    Ct
                );
                Assert.False(log.CanRewrite);
            }

            await Sample.ColumnAsync<int>(
                database,
                "alter table audit.event disable trigger user; alter table audit.record disable trigger user; alter table audit.personal disable trigger user"
            );
            await using var dataSource = NpgsqlDataSource.Create(serving);
            foreach (
                var forbidden in new[]
                {
                    "update audit.event set caller = 'x'",
                    "delete from audit.event",
                    "truncate audit.record",
                    "update audit.personal set value = 'x'",
                    "alter table audit.event disable trigger user",
                    "drop table audit.record",
                    "create table audit.mine ()",
                    "insert into audit.__migrations values ('x', 'y')",
                }
            )
            {
                await using var command = dataSource.CreateCommand(forbidden);
                var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }

            await using var erase = dataSource.CreateCommand("delete from audit.personal where person_id = 'S-1'");
            Assert.Equal(1, await erase.ExecuteNonQueryAsync(Ct));
        }
        finally
        {
            await Sample.ColumnAsync<int>(database, $"drop owned by {user}; drop role {user}");
        }
    }

    [Fact]
    public async Task A_server_that_owns_the_tables_is_told_so()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var log = new AuditLog(database.ConnectionString);
        await log.StartAsync(Ct);
        Assert.True(log.CanRewrite);
    }
}
