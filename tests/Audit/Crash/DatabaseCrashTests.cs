using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EContract.Audit.Export;
using EContract.Audit.Store;
using EContract.Audit.Verification;
using EContract.TestKit;
using Npgsql;
using Xunit;

namespace EContract.Audit.Tests.Crash;

/// <summary>
/// The database crashes under load, again and again, and loses what was committed but not flushed: no answer was released before its flush,
/// and what was lost is written again.
/// </summary>
public sealed class DatabaseCrashTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_released_answer_has_its_record_whatever_the_database_lost()
    {
        using var folder = new TemporaryFolder();
        Subprocess.Run("chmod", "755", folder.Path);
        var script = Path.Combine(RepositoryRoot.Path, "scripts", "postgres.sh");
        var (code, server) = await ForeignTool.RunAsync(script, "start", folder.Path, "--fast");
        Assert.True(code == 0, server);
        try
        {
            var connectionString = server.Trim() + ";Database=postgres";
            await AuditSchema.MigrateAsync(connectionString, connectionString, Ct);
            var released = await AppendThroughCrashesAsync(connectionString, crashes: 3);

            await using var dataSource = NpgsqlDataSource.Create(connectionString);
            var recorded = new HashSet<string>(StringComparer.Ordinal);
            await using (
                var command = dataSource.CreateCommand("select e.object_id from audit.event e join audit.record r on r.event_id = e.id")
            )
            await using (var reader = await command.ExecuteReaderAsync(Ct))
            {
                while (await reader.ReadAsync(Ct))
                {
                    Assert.True(recorded.Add(reader.GetString(0)), "an event was recorded twice");
                }
            }

            Assert.NotEmpty(released);
            Assert.Empty(released.Except(recorded));
            using var authority = new AuditAuthority();
            var report = await LogVerifier.VerifyAsync(new LogExporter(dataSource).ExportAsync(Ct), authority.Trust, Ct);
            Assert.Empty(report.Findings);
        }
        finally
        {
            await ForeignTool.RunAsync(script, "stop", folder.Path);
        }
    }

    private static async Task<IReadOnlyCollection<string>> AppendThroughCrashesAsync(string connectionString, int crashes)
    {
        var released = new ConcurrentQueue<string>();
        using var enough = new CancellationTokenSource();
        await using var log = new AuditLog(connectionString, new AuditOptions { Node = "n1", AppendTimeout = TimeSpan.FromMinutes(1) });
        var number = 0;
        var workers = Enumerable
            .Range(0, 12)
            .Select(_ =>
                Task.Run(
                    async () =>
                    {
                        while (!enough.IsCancellationRequested)
                        {
                            var id = Interlocked.Increment(ref number).ToString(CultureInfo.InvariantCulture);
                            // Not one append fails: each waits until the database is back.
                            await log.AppendAsync(Sample.Event(id), Ct);
                            released.Enqueue(id);
                        }
                    },
                    Ct
                )
            )
            .ToList();
        for (var crash = 0; crash < crashes; crash++)
        {
            var before = released.Count;
            await UntilAsync(() => released.Count >= before + 100);
            await CrashAsync(connectionString);
        }

        var last = released.Count;
        await UntilAsync(() => released.Count >= last + 100);
        await enough.CancelAsync();
        await Task.WhenAll(workers);
        return released;
    }

    /// <summary>SIGKILL for one backend: the postmaster throws away all shared memory, and recovers from what is in the log's files.</summary>
    private static async Task CrashAsync(string connectionString)
    {
        await using var victim = await ConnectAsync(connectionString);
        using var process = Process.GetProcessById(victim.ProcessID);
        process.Kill();
    }

    // Appends may be released between the last kill and the postmaster's hearing of it: then the database is only now going away.
    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
            try
            {
                await connection.OpenAsync(deadline.Token);
                return connection;
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                await connection.DisposeAsync();
                await Task.Delay(20, deadline.Token);
            }
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (!condition())
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}
