using System.Diagnostics;
using System.Globalization;
using EContract.Audit.Export;
using EContract.Audit.Store;
using EContract.Audit.Verification;
using EContract.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace EContract.Audit.Tests.Crash;

/// <summary>
/// A process that appends under load is killed with SIGKILL, again and again: every answer that it released has its record, every
/// committed change has its event, and the chains are whole.
/// </summary>
public sealed class KillTests
{
    private const string Order = "ECONTRACT_AUDIT_KILL_TEST";
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_released_answer_has_its_record_whatever_the_moment_of_death()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using (var context = AuditDbContext.Open(database.ConnectionString))
        {
            await AuditSchema.MigrateAsync(database.ConnectionString, database.ConnectionString, Ct);
            await context.Database.ExecuteSqlRawAsync("create table work (id text primary key)", Ct);
        }

        var released = new List<string>();
        for (var life = 0; life < 4; life++)
        {
            released.AddRange(await LiveAndDieAsync(database.ConnectionString, life, answersBeforeDeath: 150 + (life * 37)));
        }

        await using (
            var survivor = new AuditLog(
                database.ConnectionString,
                new AuditOptions { Node = "survivor", AdoptAfter = TimeSpan.FromMilliseconds(1) }
            )
        )
        {
            await survivor.LinkAsync(Ct);
            await survivor.LinkAsync(Ct);
        }

        var linked = (
            await Sample.ColumnAsync<string>(database, "select e.object_id from audit.event e join audit.record r on r.event_id = e.id")
        ).ToHashSet();
        Assert.Empty(released.Except(linked));
        // Committed together or not at all.
        Assert.Empty(await Sample.ColumnAsync<string>(database, "select id from work where id not in (select object_id from audit.event)"));
        Assert.Empty(
            await Sample.ColumnAsync<string>(
                database,
                "select object_id from audit.event where action = 'work.done' and object_id not in (select id from work)"
            )
        );
        Assert.Equal(
            0,
            Assert.Single(
                await Sample.ColumnAsync<long>(
                    database,
                    "select count(*) from audit.event e where not exists (select from audit.record r where r.event_id = e.id)"
                )
            )
        );

        using var authority = new AuditAuthority();
        await using var dataSource = NpgsqlDataSource.Create(database.ConnectionString);
        var report = await LogVerifier.VerifyAsync(new LogExporter(dataSource).ExportAsync(Ct), authority.Trust, Ct);
        Assert.Empty(report.Findings);
    }

    /// <summary>The process that dies. Not a test of its own: it does nothing unless it is told a database.</summary>
    [Fact]
    public async Task Appends_until_killed()
    {
        if (Environment.GetEnvironmentVariable(Order) is not { } connectionString)
        {
            return;
        }

        var node = Environment.GetEnvironmentVariable(Order + "_NODE")!;
        await using var log = new AuditLog(connectionString, new AuditOptions { Node = node });
        var number = 0;
        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(() => WorkAsync(worker))));

        async Task WorkAsync(int worker)
        {
            while (true)
            {
                var id = $"{node}-{Interlocked.Increment(ref number).ToString(CultureInfo.InvariantCulture)}";
                if (worker % 3 == 0)
                {
                    await using var context = AuditDbContext.Open(connectionString);
                    await using var transaction = await context.Database.BeginTransactionAsync(Ct);
                    await context.Database.ExecuteSqlAsync($"insert into work (id) values ({id})", Ct);
                    await log.AppendAsync(context, Sample.Event(id, "work.done"), Ct);
                    await transaction.CommitAsync(Ct);
                }
                else
                {
                    await log.AppendAsync(Sample.Event(id), Ct);
                }

                Console.Out.WriteLine("released " + id);
            }
        }
    }

    private static async Task<List<string>> LiveAndDieAsync(string connectionString, int life, int answersBeforeDeath)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(KillTests).Assembly.Location);
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(KillTests).FullName}.{nameof(Appends_until_killed)}");
        start.Environment[Order] = connectionString;
        start.Environment[Order + "_NODE"] = "n" + (life % 2).ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        var released = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            if (line.StartsWith("released ", StringComparison.Ordinal))
            {
                released.Add(line["released ".Length..]);
                if (released.Count == answersBeforeDeath)
                {
                    process.Kill(); // SIGKILL
                }
            }
        }

        await process.WaitForExitAsync(Ct);
        Assert.True(released.Count >= answersBeforeDeath, $"The process ended by itself after {released.Count} answers.");
        return released;
    }
}
