using EContract.Audit.Records;
using EContract.Audit.Store;
using EContract.TestKit;
using Npgsql;
using Xunit;

namespace EContract.Audit.Tests;

public sealed class AppendTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_appends_form_one_chain_without_gaps()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using (var log = new AuditLog(database.ConnectionString, new AuditOptions { Node = "n1" }))
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => log.AppendAsync(Sample.Event($"o{i}"), Ct)));
        }

        var records = await Sample.ReadChainAsync(database, "n1");
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), records.Select(r => r.Record.Sequence));
        var previous = new byte[32];
        foreach (var (record, hash) in records)
        {
            Assert.Equal(previous, record.Previous.ToArray());
            Assert.Equal(hash, record.Hash());
            previous = hash;
        }
    }

    [Fact]
    public async Task An_event_recorded_in_a_transaction_is_committed_and_rolled_back_with_it()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var log = new AuditLog(database.ConnectionString, new AuditOptions { Node = "n1" });
        await log.StartAsync(Ct);
        foreach (var commits in new[] { true, false, true })
        {
            await using var context = AuditDbContext.Open(database.ConnectionString);
            await using var transaction = await context.Database.BeginTransactionAsync(Ct);
            await log.AppendAsync(context, Sample.Event(commits ? "kept" : "rolled-back"), Ct);
            if (commits)
            {
                await transaction.CommitAsync(Ct);
            }
        }

        await log.LinkAsync(Ct);
        Assert.Equal(2, (await Sample.ReadChainAsync(database, "n1")).Count);
        Assert.Equal(["kept", "kept"], await Sample.ColumnAsync<string>(database, "select object_id from audit.event"));
    }

    [Fact]
    public async Task Recording_in_a_transaction_without_one_is_refused()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var log = new AuditLog(database.ConnectionString);
        await using var context = AuditDbContext.Open(database.ConnectionString);
        await Assert.ThrowsAsync<InvalidOperationException>(() => log.AppendAsync(context, Sample.Event("x"), Ct));
    }

    [Fact]
    public async Task Two_processes_of_one_name_write_two_chains_and_a_restart_goes_on_where_the_chain_ended()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var options = new AuditOptions { Node = "n1" };
        await using (var first = new AuditLog(database.ConnectionString, options))
        await using (var second = new AuditLog(database.ConnectionString, options))
        {
            await first.AppendAsync(Sample.Event("a"), Ct);
            await second.AppendAsync(Sample.Event("b"), Ct);
        }

        await using (var again = new AuditLog(database.ConnectionString, options))
        {
            await again.AppendAsync(Sample.Event("c"), Ct);
        }

        var first2 = await Sample.ReadChainAsync(database, "n1");
        Assert.Equal([1L, 2L], first2.Select(r => r.Record.Sequence));
        Assert.Equal(first2[0].Hash, first2[1].Record.Previous.ToArray());
        Assert.Single(await Sample.ReadChainAsync(database, "n1~2"));
    }

    [Fact]
    public async Task The_database_refuses_to_change_delete_or_truncate()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var log = new AuditLog(database.ConnectionString, new AuditOptions { Node = "n1" });
        await log.AppendAsync(Sample.Event("a"), Ct);
        foreach (var table in new[] { "event", "record" })
        {
            foreach (var change in new[] { $"delete from audit.{table}", $"truncate audit.{table}" })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => Sample.ColumnAsync<int>(database, change));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }
        }

        await Assert.ThrowsAsync<PostgresException>(() => Sample.ColumnAsync<int>(database, "update audit.event set caller = 'x'"));
    }
}
