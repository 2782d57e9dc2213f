using EContract.Audit.Checkpoints;
using EContract.Audit.Export;
using EContract.Audit.Verification;
using EContract.TestKit;
using Npgsql;
using Xunit;

namespace EContract.Audit.Tests.Verification;

/// <summary>The same on a real database, with the triggers switched off by its owner.</summary>
public sealed class DatabaseTamperingTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_kind_of_edit_is_found_at_its_place()
    {
        using var authority = new AuditAuthority();
        await using var database = await PostgresDatabase.CreateAsync();
        await using var dataSource = NpgsqlDataSource.Create(database.ConnectionString);
        await using var log = new AuditLog(database.ConnectionString, new AuditOptions { Node = "n1" });
        var maker = new CheckpointMaker(dataSource, authority.Signer, TimeProvider.System);
        foreach (var round in new[] { "a", "b" })
        {
            for (var i = 0; i < 10; i++)
            {
                await log.AppendAsync(Sample.Event(round + i), Ct);
            }

            Assert.NotNull(await maker.MakeAsync(Ct));
        }

        Assert.Null(await maker.MakeAsync(Ct));
        Assert.Empty((await VerifyAsync(dataSource, authority)).Findings);
        (string Edit, string Place)[] edits =
        [
            ("update audit.event set body = set_byte(body, length(body) - 3, 65) where object_id = 'a4'", "chain n1, record 5"),
            ("update audit.record set linked_at = linked_at - interval '1 year' where sequence = 7", "chain n1, record 7"),
            ("delete from audit.record where sequence = 12", "chain n1"),
            ("delete from audit.record where sequence > 15", "chain n1"),
            (
                "update audit.record set event_id = (select event_id from audit.record where sequence = 3) where sequence = 4",
                "chain n1, record 4"
            ),
            ("delete from audit.event where object_id = 'b9'", "chain n1, record 20"),
            ("delete from audit.checkpoint where number = 1", "checkpoint 2"),
        ];
        foreach (var (edit, place) in edits)
        {
            await using var forgery = await ForgeAsync(database, edit);
            var report = await VerifyAsync(forgery, authority);
            Assert.Contains(report.Findings, finding => finding.Place == place);
        }
    }

    /// <summary>Makes the edit in a copy of the database, as its owner can.</summary>
    private static async Task<NpgsqlDataSource> ForgeAsync(PostgresDatabase original, string edit)
    {
        var builder = new NpgsqlConnectionStringBuilder(original.ConnectionString);
        var copy = $"{original.Name}_forged";
        await using (
            var admin = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(original.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString
            )
        )
        {
            await admin.OpenAsync(Ct);
            await ExecuteAsync(admin, $"drop database if exists {copy} with (force)");
            await ExecuteAsync(admin, $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{original.Name}'");
            await ExecuteAsync(admin, $"create database {copy} template {original.Name}");
        }

        var dataSource = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(builder.ConnectionString) { Database = copy, Pooling = false }
        );
        await using var connection = await dataSource.OpenConnectionAsync(Ct);
        await ExecuteAsync(
            connection,
            "alter table audit.event disable trigger user; alter table audit.record disable trigger user; alter table audit.checkpoint disable trigger user; alter table audit.record drop constraint record_event"
        );
        await ExecuteAsync(connection, edit);
        return dataSource;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static Task<LogReport> VerifyAsync(NpgsqlDataSource dataSource, AuditAuthority authority) =>
        LogVerifier.VerifyAsync(new LogExporter(dataSource).ExportAsync(Ct), authority.Trust, Ct);
}
