using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using EContract.Pki.Ers;
using EContract.Signer;
using EContract.Signer.Archive.Evidence;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;

namespace EContract.Bench.Longterm;

/// <summary>
/// A batch of a million digests through the service into PostgreSQL: registered, hashed to a tree, time-stamped; then one of them
/// exported and verified. Beside it the bare hash tree in memory, and a bare signature verification.
/// </summary>
public static class EvidenceBench
{
    private static readonly CallOrigin Archive = new("archive", "bench");

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        var count = quick ? 100_000 : 1_000_000;
        await using var database = await PostgresDatabase.CreateAsync();
        var settings = new Dictionary<string, string?> { ["Signer:Jobs:Enabled"] = "false", ["Signer:Evidence:MaxBatchSize"] = "2000000" };
        await using var node = await EvidenceNode.StartAsync(database.ConnectionString, settings);
        var peakBefore = PeakMegabytes();
        var clock = Stopwatch.StartNew();
        await node.Get<EvidenceRegister>().RegisterAsync(Archive, HashAlgorithmName.SHA256, Digests(count), CancellationToken.None);
        var registered = clock.Elapsed;
        await node.Get<EvidenceBatches>().CloseAsync(Archive, all: true, null, CancellationToken.None);
        var batch = clock.Elapsed;
        var peak = PeakMegabytes();

        var bare = Stopwatch.StartNew();
        var leaves = new byte[count * 32];
        for (var i = 0; i < count; i++)
        {
            SHA256.HashData(BitConverter.GetBytes(i), leaves.AsSpan(i * 32));
        }

        _ = new HashTree(HashAlgorithmName.SHA256, leaves).Root;
        var tree = bare.Elapsed;

        var name = string.Create(CultureInfo.InvariantCulture, $"evidence batch of {count} digests");
        var (export, verify) = await OneAsync(node, count);
        return
        [
            new BenchRow(
                name,
                batch.TotalSeconds,
                "s",
                "bare hash tree in memory",
                tree.TotalSeconds,
                "s",
                batch / tree,
                quick ? "-" : "<= 30 s"
            ),
            new BenchRow(
                $"{name}, registering alone",
                count / registered.TotalSeconds,
                "digests/s",
                "the whole batch",
                count / batch.TotalSeconds,
                "digests/s",
                batch / registered,
                "-"
            ),
            new BenchRow($"{name}, peak memory of the process", peak, "MB", "before it", peakBefore, "MB", peak / peakBefore, "<= 1024 MB"),
            new BenchRow(
                $"evidence record, verify one of {count}",
                verify,
                "ms",
                "export it from the database",
                export,
                "ms",
                verify / export,
                "<= 5 ms"
            ),
        ];
    }

    /// <summary>Medians in milliseconds.</summary>
    private static async Task<(double Export, double Verify)> OneAsync(EvidenceNode node, int count)
    {
        var (exports, verifications) = (new List<double>(), new List<double>());
        for (var round = 0; round < 50; round++)
        {
            var digest = SHA256.HashData(BitConverter.GetBytes((int)((long)round * 7919 * 131 % count)));
            var clock = Stopwatch.StartNew();
            var encoded = (await node.Get<EvidenceExport>().ExportAsync(Archive.Caller, digest, CancellationToken.None)).Encode();
            exports.Add(clock.Elapsed.TotalMilliseconds);
            clock.Restart();
            var verdict = node.Get<EvidenceVerification>().Verify(EvidenceRecord.Decode(encoded), _ => [digest]);
            verifications.Add(clock.Elapsed.TotalMilliseconds);
            if (!verdict.IsValid)
            {
                throw new InvalidOperationException($"The record is not valid: {verdict.Check.Problem}.");
            }
        }

        return (Median(exports), Median(verifications));
    }

    private static async IAsyncEnumerable<RegisteredDigest> Digests(int count)
    {
        await Task.CompletedTask;
        for (var i = 0; i < count; i++)
        {
            yield return new RegisteredDigest(SHA256.HashData(BitConverter.GetBytes(i)), "");
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1048576.0;
    }
}
