using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using EContract.Pki.Ers;
using EContract.Signer.Archive.Evidence;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace EContract.Signer.Tests.Archive.Evidence;

/// <summary>
/// Two nodes register digests and run the schedule over one database, and are killed with SIGKILL again and again. In the end each
/// digest has exactly one evidence record, it is valid, and no batch has two time-stamps. ECONTRACT_LONG=1: with 100,000 digests.
/// </summary>
public sealed class KillTests
{
    private const string Order = "ECONTRACT_EVIDENCE_KILL_TEST";
    private const int Chunk = 250;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1";
    private static readonly int Digests = IsLong ? 100_000 : 3000;
    private static readonly int Kills = IsLong ? 40 : 4;
    private static readonly CallOrigin Archive = new("archive", "test");
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_registered_digest_ends_with_exactly_one_valid_evidence_record()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using (await EvidenceNode.StartAsync(database.ConnectionString, Settings("judge", enabled: false)))
        {
            // The schema is made once, so that the first lives are not spent on it.
        }

        var (lives, kills) = (0, 0);
        await Task.WhenAll(LiveOnAsync("a", 0), LiveOnAsync("b", 1));
        Assert.True(kills > 0, "No node was killed.");
        TestContext.Current.SendDiagnosticMessage($"{kills} nodes were killed over {Digests} digests.");
        await JudgeAsync(database.ConnectionString);

        async Task LiveOnAsync(string name, int seed)
        {
            var random = new Random(seed);
            bool done;
            do
            {
                int? steps = Interlocked.Increment(ref lives) <= Kills ? random.Next(1, 9) : null;
                (done, var killed) = await LiveAsync(database.ConnectionString, name, steps);
                Interlocked.Add(ref kills, killed ? 1 : 0);
            } while (!done);
        }
    }

    /// <summary>The process that dies. Not a test of its own: it does nothing unless it is told a database.</summary>
    [Fact]
    public async Task Works_until_killed_or_done()
    {
        if (Environment.GetEnvironmentVariable(Order) is not { } connectionString)
        {
            return;
        }

        var name = Environment.GetEnvironmentVariable(Order + "_NODE")!;
        await using var node = await EvidenceNode.StartAsync(connectionString, Settings(name, enabled: true));
        // Both nodes register all: as clients do that repeat a stream whose answer they never got.
        foreach (var part in Enumerable.Range(0, Digests).Chunk(Chunk))
        {
            var chunk = part.Select(i => new RegisteredDigest(Digest(i), "")).ToAsyncEnumerable();
            await node.Get<EvidenceRegister>().RegisterAsync(Archive, HashAlgorithmName.SHA256, chunk, Ct);
            Console.Out.WriteLine("step registered");
        }

        while (await OpenWorkAsync(node) > 0)
        {
            await Task.Delay(200, Ct);
            Console.Out.WriteLine("step waited");
        }

        Console.Out.WriteLine("done");
    }

    private static Dictionary<string, string?> Settings(string node, bool enabled) =>
        new()
        {
            ["Signer:Evidence:MaxBatchSize"] = (Digests / 20).ToString(CultureInfo.InvariantCulture),
            ["Signer:Evidence:MaxBatchAge"] = "00:00:01",
            ["Signer:Jobs:Enabled"] = enabled ? "true" : "false",
            ["Signer:Jobs:Node"] = node,
            ["Signer:Jobs:CloseInterval"] = "00:00:00.500",
            ["Signer:Jobs:CheckIn"] = "00:00:01",
            ["Signer:Jobs:LostAfter"] = "00:00:02",
            ["Signer:Jobs:StepsPerSecond"] = "100",
        };

    /// <returns>Whether it came to its end, and whether it was killed.</returns>
    private static async Task<(bool Done, bool Killed)> LiveAsync(string connectionString, string name, int? stepsToLive)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(KillTests).Assembly.Location);
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(KillTests).FullName}.{nameof(Works_until_killed_or_done)}");
        start.Environment[Order] = connectionString;
        start.Environment[Order + "_NODE"] = name;
        using var process = Process.Start(start)!;
        var (steps, done, killed, output) = (0, false, false, new List<string>());
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            output.Add(line);
            done |= line == "done";
            if (line.StartsWith("step", StringComparison.Ordinal) && ++steps == stepsToLive)
            {
                // Somewhere between this step and the next, or in a job that runs beside them.
                await Task.Delay(Random.Shared.Next(0, 300), Ct);
                killed = !process.HasExited;
                process.Kill(); // SIGKILL
            }
        }

        await process.WaitForExitAsync(Ct);
        Assert.True(done || stepsToLive is not null, string.Join('\n', output));
        return (done, killed);
    }

    private static async Task<int> OpenWorkAsync(EvidenceNode node)
    {
        await using var db = await node.OpenDatabaseAsync();
        return (await db.ListBatchesAsync(long.MaxValue, 1000, Ct)).Count(batch => batch is { State: not "Stamped", Size: > 0 });
    }

    private static async Task JudgeAsync(string connectionString)
    {
        await using var node = await EvidenceNode.StartAsync(connectionString, Settings("judge", enabled: false));
        await using var db = await node.OpenDatabaseAsync();
        var batches = await db.ListBatchesAsync(long.MaxValue, 10_000, Ct);
        Assert.All(batches.Where(batch => batch.Size > 0), batch => Assert.Equal("Stamped", batch.State));
        Assert.Equal(Digests, batches.Sum(batch => batch.Size));
        var tokens = await db.Database.SqlQuery<int>($"select count(*)::integer as \"Value\" from signer.evidence_token").SingleAsync(Ct);
        var links = await db.Database.SqlQuery<int>($"select count(*)::integer as \"Value\" from signer.evidence_link").SingleAsync(Ct);
        Assert.Equal(batches.Count(batch => batch.Size > 0), tokens);
        Assert.Equal(tokens, links);

        var expected = Enumerable.Range(0, Digests).Select(i => Convert.ToHexString(Digest(i).Span)).ToHashSet();
        var verification = node.Get<EvidenceVerification>();
        foreach (var batch in batches.Where(batch => batch.Size > 0))
        {
            var assembly = new EvidenceAssembly(db);
            for (var ordinal = 0; ordinal < batch.Size; ordinal++)
            {
                var leaf = await db.FindLeafAsync(batch.Id, ordinal, Ct);
                Assert.True(expected.Remove(Convert.ToHexString(leaf!.Digest)), "A digest has two records.");
                var record = await assembly.BuildAsync(leaf, int.MaxValue, Ct);
                EvidenceVerifier.DigestsOf digests = _ => [leaf.Digest];
                Assert.True(EvidenceVerifier.Verify(record!, digests).IsIntact);
                if (ordinal % 500 == 0)
                {
                    Assert.True(verification.Verify(record!, digests).IsValid);
                }
            }
        }

        Assert.Empty(expected);
    }

    private static ReadOnlyMemory<byte> Digest(int i) => SHA256.HashData(BitConverter.GetBytes(i));
}
