using System.Diagnostics;
using System.Security.Cryptography;
using EContract.TestKit;
using EContract.TestKit.Documents;
using EContract.Validation;
using EContract.Validation.Tests;

namespace EContract.Bench.Longterm;

/// <summary>
/// Validates a B-LTA contract in process: signature, signature time-stamp, document time-stamp, each with its chain and status from the document. Beside it the
/// bare ECDSA verification. Then a document of many megabytes, for its memory.
/// </summary>
public static class ValidationBench
{
    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        using var world = new SigningWorld();
        var contract = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);
        var document = world.Preserve(world.SignPdf(contract), "Test TSU", world.Signer);
        var rounds = quick ? 100 : 500;
        var (first, median) = await MeasureAsync(world, document, rounds);
        var bare = BareVerification(rounds);

        var small = await AllocatedAsync(world, pages: 10);
        var large = await AllocatedAsync(world, pages: quick ? 100 : 400);
        return
        [
            new BenchRow(
                "validate a B-LTA document, median",
                median,
                "ms",
                "bare ECDSA P-256 verification",
                bare,
                "ms",
                median / bare,
                "<= 10 ms"
            ),
            new BenchRow("validate a B-LTA document, first", first, "ms", "median", median, "ms", first / median, "-"),
            new BenchRow(
                quick ? "memory to validate 100 MB" : "memory to validate 400 MB",
                large,
                "MB allocated",
                "10 MB",
                small,
                "MB allocated",
                large / small,
                "<= 1.1"
            ),
        ];
    }

    private static async Task<(double First, double Median)> MeasureAsync(SigningWorld world, byte[] document, int rounds)
    {
        var times = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var clock = Stopwatch.StartNew();
            var report = await world.Validator().ValidatePdfAsync(new MemoryStream(document));
            times.Add(clock.Elapsed.TotalMilliseconds);
            Require(report.Conclusion.IsPassed);
        }

        return (times[0], times.Order().ElementAt(rounds / 2));
    }

    private static double BareVerification(int rounds)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = SHA256.HashData([1]);
        var signature = key.SignHash(digest);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < rounds; i++)
        {
            Require(key.VerifyHash(digest, signature));
        }

        return clock.Elapsed.TotalMilliseconds / rounds;
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("What is measured does not work.");
        }
    }

    /// <summary>What is allocated in all while a document of so many megabytes is validated, in megabytes.</summary>
    private static async Task<double> AllocatedAsync(SigningWorld world, int pages)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, world.SignPdf(SizedPdf.ToArray(pages, 1024 * 1024)));
            await using var stream = File.OpenRead(path);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var report = await world.Validator().ValidatePdfAsync(stream, world.Fresh());
            Require(report.Conclusion.IsPassed);
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / 1048576.0;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
