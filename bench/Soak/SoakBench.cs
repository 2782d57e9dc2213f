using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Hsm.Vault;
using EContract.TestKit;

namespace EContract.Bench.Soak;

/// <summary>
/// <c>ECONTRACT_SOAK=N</c>: N signatures with a wrapped P-256 key, each derived, unwrapped, used and destroyed on the token, with
/// the default recycling. Flat memory is the goal: a soft token leaks 240 octets per session object, and only recycling gives
/// them back. Without the variable nothing is measured: it takes minutes.
/// </summary>
public static class SoakBench
{
    private const int Callers = 4;
    private const int Stages = 20;
    private static readonly byte[] Digest = SHA256.HashData("soak"u8);
    private static readonly byte[] Pin = "soak-pin"u8.ToArray();

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        if (!long.TryParse(Environment.GetEnvironmentVariable("ECONTRACT_SOAK"), out var count))
        {
            return [];
        }

        using var soft = SoftHsmToken.Create();
        await using var token = await soft.OpenAsync();
        await token.GenerateMasterAsync("soak", CancellationToken.None);
        // One round: the stretch is the caller's wish for slowness and touches no memory of the token.
        var vault = (await token.OpenVaultAsync("soak", new VaultOptions { Rounds = 1 }, CancellationToken.None))!;
        var blob = await vault.CreateAsync("soak", KeyAlgorithm.EcdsaP256, Pin, (_, b, _) => Task.FromResult(b), CancellationToken.None);
        var digests = new[] { new DigestToSign(Digest, HashAlgorithmName.SHA256, SignatureScheme.Ecdsa) };
        var resident = new double[Stages + 1];
        var started = Stopwatch.GetTimestamp();
        for (var stage = 1; stage <= Stages; stage++)
        {
            await Parallel.ForAsync(
                (stage - 1) * count / Stages,
                stage * count / Stages,
                new ParallelOptions { MaxDegreeOfParallelism = Callers },
                async (_, stop) =>
                {
                    if (await vault.SignAsync("soak", blob, Pin, digests, stop) is null)
                    {
                        throw new InvalidOperationException("the PIN was right");
                    }
                }
            );
            resident[stage] = ResidentMegabytes();
            await Console.Error.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"soak: {100 * stage / Stages} %, {resident[stage]:0.0} MB resident")
            );
        }

        var perSecond = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return [Row(count, resident, Stages / 2, perSecond), Row(count, resident, Stages, perSecond)];
    }

    private static BenchRow Row(long count, double[] resident, int stage, double perSecond)
    {
        var (now, early) = (resident[stage], resident[Stages / 10]);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"hsm soak, {count} wrapped P-256 signatures at {perSecond:0}/s, memory at {100 * stage / Stages} %"
        );
        return new(name, now, "MB resident", "at 10 %", early, "MB resident", now / early, "≤ 1.1");
    }

    private static double ResidentMegabytes()
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64 / 1e6;
    }
}
