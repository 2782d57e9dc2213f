using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Signer.Signing;

namespace EContract.Bench.Sign;

/// <summary>
/// Sealed digests with 16 callers, with reservation, evidence, verification and recording in PostgreSQL, beside the token alone signing
/// as many digests on as many threads as the machine has cores.
/// </summary>
public static class SignBench
{
    private const int Callers = 16;
    private const int DigestsPerCall = 64;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        var duration = TimeSpan.FromSeconds(quick ? 4 : 15);
        var rows = new List<BenchRow>();
        await using var bank = await BenchBank.OpenAsync();
        foreach (var (algorithm, goal) in new[] { (KeyAlgorithm.Rsa2048, 0.8), (KeyAlgorithm.EcdsaP256, 0.5) })
        {
            var seal = await bank.OpenSealAsync(algorithm);
            // Alternating short runs: what else the machine does meets both.
            var (ours, bare) = (new List<double>(), new List<double>());
            for (var round = 0; round < 3; round++)
            {
                bare.Add(await BareAsync(seal.BareKey, duration / 3));
                ours.Add(await SealedAsync(seal, duration / 3));
            }

            rows.Add(Row(algorithm, goal, Median(ours), Median(bare)));
        }

        return rows;
    }

    private static BenchRow Row(KeyAlgorithm algorithm, double goal, double ours, double bare) =>
        new(
            $"sealed digests {algorithm}, {Callers} callers × {DigestsPerCall}",
            ours,
            "signatures/s",
            "token alone",
            bare,
            "signatures/s",
            ours / bare,
            $"≥ {goal.ToString(CultureInfo.InvariantCulture)}"
        );

    private static async Task<double> SealedAsync(BenchSeal seal, TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(seal, watch, duration))));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static async Task<long> CallAsync(BenchSeal seal, Stopwatch watch, TimeSpan duration)
    {
        long signed = 0;
        while (watch.Elapsed < duration)
        {
            signed += await seal.SignAsync(Orders());
        }

        return signed;
    }

    private static List<SigningOrder> Orders() =>
        [
            .. Enumerable
                .Range(0, DigestsPerCall)
                .Select(i => new DigestOrder(
                    $"d{i}",
                    HashAlgorithmName.SHA256,
                    RandomNumberGenerator.GetBytes(32),
                    null,
                    ItemFormat.Raw,
                    "",
                    ItemLevel.Basic,
                    false
                )),
        ];

    /// <summary>The token's own key, unverified, on as many threads as there are cores.</summary>
    private static async Task<double> BareAsync(ISigningKey key, TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var threads = Enumerable
            .Range(0, Environment.ProcessorCount)
            .Select(_ => Task.Factory.StartNew(() => Loop(key, watch, duration), TaskCreationOptions.LongRunning));
        var counts = await Task.WhenAll(threads);
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static long Loop(ISigningKey key, Stopwatch watch, TimeSpan duration)
    {
        var digest = RandomNumberGenerator.GetBytes(32);
        var signature = new byte[key.MaxSignatureSize];
        long signed = 0;
        for (; watch.Elapsed < duration; signed++)
        {
            key.SignDigest(digest, HashAlgorithmName.SHA256, key.Algorithm.DefaultScheme, signature);
        }

        return signed;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
