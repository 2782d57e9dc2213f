using System.Security.Cryptography;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Hsm.Vault;
using EContract.TestKit;

namespace EContract.Bench.Hsm;

/// <summary>
/// This layer beside bare loops of native calls on the same SoftHSM token in the same run.
/// </summary>
public static class HsmBench
{
    private static readonly byte[] Digest = SHA256.HashData("bench"u8);
    private static readonly byte[] Pin = "bench-pin"u8.ToArray();

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        using var soft = SoftHsmToken.Create();
        // Two views of one token: with the check of signatures, as delivered, and without, for callers that check themselves.
        // No recycling: it would take the bare loop's sessions and handles away in the middle of a slice.
        await using var token = await soft.OpenAsync(options => options.RecycleAfter = 0);
        await using var unchecked_ = await soft.OpenAsync(options =>
            (options.SignatureCheck, options.RecycleAfter) = (SignatureCheck.RsaOnly, 0)
        );
        var rows = new List<BenchRow>();
        var seconds = quick ? 1.6 : 10.0;
        await WarmUpAsync(token);
        foreach (var algorithm in new[] { KeyAlgorithm.Rsa2048, KeyAlgorithm.Rsa3072, KeyAlgorithm.EcdsaP256 })
        {
            var label = $"bench {algorithm}";
            var key = await token.GenerateSigningKeyAsync(label, algorithm, CancellationToken.None);
            var bare = new BareSigner(token, algorithm, label, null, null);
            if (algorithm.IsRsa)
            {
                await SignAsync(rows, bare, key, "", "0.95", seconds);
            }
            else
            {
                var plain = (await unchecked_.FindSigningKeyAsync(label, CancellationToken.None))!;
                await SignAsync(rows, bare, plain, ", caller verifies", "0.90", seconds);
                await SignAsync(rows, bare, key, ", verified here", "reported", seconds);
            }

            await AllocationAsync(rows, key);
        }

        await token.GenerateMasterAsync("bench master", CancellationToken.None);
        await WrappedAsync(rows, token, "bench master", [KeyAlgorithm.Rsa2048, KeyAlgorithm.Rsa3072, KeyAlgorithm.EcdsaP256], seconds);
        return rows;
    }

    /// <summary>Runs everything once for a while: the compiler's second thoughts belong to nobody's slice.</summary>
    private static async Task WarmUpAsync(Token token)
    {
        var key = await token.GenerateSigningKeyAsync("warm up", KeyAlgorithm.EcdsaP256, CancellationToken.None);
        var bare = new BareSigner(token, KeyAlgorithm.EcdsaP256, "warm up", null, null);
        await Slices.MeasureAsync(Slices.OnThreads(2, goesOn => SignLoop(key, goesOn)), Slices.OnThreads(2, bare.Sign), 1.5);
        await Slices.MeasureAsync(Slices.ByCallers(16, goesOn => SignLoopAsync(key, goesOn)), Slices.OnThreads(16, bare.Sign), 1.5);
        await token.GenerateMasterAsync("warm up", CancellationToken.None);
        await WrappedAsync([], token, "warm up", [KeyAlgorithm.EcdsaP256], 1.5);
    }

    private static async Task SignAsync(List<BenchRow> rows, BareSigner bare, ISigningKey key, string how, string goal, double seconds)
    {
        foreach (var threads in new[] { 1, 2 })
        {
            var (ours, beside, ratio) = await Slices.MeasureAsync(
                Slices.OnThreads(threads, goesOn => SignLoop(key, goesOn)),
                Slices.OnThreads(threads, bare.Sign),
                seconds
            );
            rows.Add(Row($"hsm sign {key.Algorithm}, {threads} thread(s){how}", ours, "bare C_SignInit+C_Sign", beside, ratio, goal));
        }

        var (byThreads, bareThreads, threadsRatio) = await Slices.MeasureAsync(
            Slices.OnThreads(16, goesOn => SignLoop(key, goesOn)),
            Slices.OnThreads(16, bare.Sign),
            seconds
        );
        rows.Add(Row($"hsm sign {key.Algorithm}, 16 callers{how}", byThreads, "bare, 16 threads", bareThreads, threadsRatio, goal));
        var (byCallers, bareAgain, callersRatio) = await Slices.MeasureAsync(
            Slices.ByCallers(16, goesOn => SignLoopAsync(key, goesOn)),
            Slices.OnThreads(16, bare.Sign),
            seconds
        );
        rows.Add(
            Row($"hsm sign {key.Algorithm}, 16 asynchronous callers{how}", byCallers, "bare, 16 threads", bareAgain, callersRatio, goal)
        );
    }

    private static async Task WrappedAsync(List<BenchRow> rows, Token token, string master, KeyAlgorithm[] algorithms, double seconds)
    {
        // One round: the stretch is the caller's wish for slowness and not what is compared.
        var vault = (await token.OpenVaultAsync(master, new VaultOptions { Rounds = 1 }, CancellationToken.None))!;
        var plain = (
            await token.OpenVaultAsync(
                master,
                new VaultOptions { Rounds = 1, SignatureCheck = SignatureCheck.Never },
                CancellationToken.None
            )
        )!;
        foreach (var algorithm in algorithms)
        {
            var blob = await vault.CreateAsync("bench", algorithm, Pin, (_, b, _) => Task.FromResult(b), CancellationToken.None);
            var parsed = vault.Decode(blob, "bench");
            using var stretch = PinStretch.Compute(Pin, parsed.Salt.Span, "bench", 1);
            var bare = new BareSigner(token, algorithm, master, parsed, stretch);
            var digests = new[] { new DigestToSign(Digest, HashAlgorithmName.SHA256, algorithm.DefaultScheme) };
            foreach (var callers in new[] { 1, 2 })
            {
                var name = $"hsm wrapped sign {algorithm}, {callers} caller(s)";
                var alone = Slices.OnThreads(callers, bare.SignWrapped);
                var unverified = Slices.OnThreads(callers, goesOn => SignWrapped(plain, blob, digests, goesOn));
                var (ours, beside, ratio) = await Slices.MeasureAsync(unverified, alone, seconds);
                rows.Add(Row($"{name}, caller verifies", ours, "bare derive+unwrap+sign+destroy", beside, ratio, "0.95"));
                var verified = Slices.OnThreads(callers, goesOn => SignWrapped(vault, blob, digests, goesOn));
                (ours, beside, ratio) = await Slices.MeasureAsync(verified, alone, seconds);
                rows.Add(Row($"{name}, verified here", ours, "bare derive+unwrap+sign+destroy", beside, ratio, "reported"));
                var verifying = Slices.OnThreads(callers, bare.SignWrappedAndVerify);
                (ours, beside, ratio) = await Slices.MeasureAsync(verified, verifying, seconds);
                rows.Add(Row($"{name}, verified here", ours, "bare derive+unwrap+sign+destroy+verify", beside, ratio, "0.95"));
            }
        }
    }

    private static async Task AllocationAsync(List<BenchRow> rows, ISigningKey key)
    {
        const int Count = 100;
        SignTimes(key, Count);
        var before = GC.GetAllocatedBytesForCurrentThread();
        SignTimes(key, Count);
        var perCall = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Count;
        rows.Add(new($"hsm allocation {key.Algorithm}, SignDigest", perCall, "B/op", "goal", 0, "B/op", perCall, "0"));

        await SignTimesAsync(key, Count);
        var once = await AllocatedAsync(key, Count);
        var thrice = await AllocatedAsync(key, 3 * Count);
        // The difference: the loop's own state machine is allocated once in either.
        perCall = (thrice - once) / (2.0 * Count);
        rows.Add(new($"hsm allocation {key.Algorithm}, SignDigestAsync", perCall, "B/op", "goal", 0, "B/op", perCall, "0"));
    }

    private static async Task<long> AllocatedAsync(ISigningKey key, int count)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await SignTimesAsync(key, count);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static long SignLoop(ISigningKey key, Func<bool> goesOn)
    {
        Span<byte> signature = stackalloc byte[512];
        long count = 0;
        while (goesOn())
        {
            key.SignDigest(Digest, HashAlgorithmName.SHA256, key.Algorithm.DefaultScheme, signature);
            count++;
        }

        return count;
    }

    private static async Task<long> SignLoopAsync(ISigningKey key, Func<bool> goesOn)
    {
        var signature = new byte[512];
        long count = 0;
        while (goesOn())
        {
            await key.SignDigestAsync(Digest, HashAlgorithmName.SHA256, key.Algorithm.DefaultScheme, signature);
            count++;
        }

        return count;
    }

    private static long SignWrapped(Vault vault, byte[] blob, DigestToSign[] digests, Func<bool> goesOn)
    {
        long count = 0;
        while (goesOn())
        {
            vault.Sign("bench", blob, Pin, digests);
            count++;
        }

        return count;
    }

    private static void SignTimes(ISigningKey key, int count)
    {
        Span<byte> signature = stackalloc byte[512];
        for (var i = 0; i < count; i++)
        {
            key.SignDigest(Digest, HashAlgorithmName.SHA256, key.Algorithm.DefaultScheme, signature);
        }
    }

    private static async Task SignTimesAsync(ISigningKey key, int count)
    {
        var signature = new byte[512];
        for (var i = 0; i < count; i++)
        {
            await key.SignDigestAsync(Digest, HashAlgorithmName.SHA256, key.Algorithm.DefaultScheme, signature);
        }
    }

    private static BenchRow Row(string name, double ours, string beside, double limit, double ratio, string goal) =>
        new(name, ours, "/s", beside, limit, "/s", ratio, goal);
}
