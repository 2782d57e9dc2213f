using System.Diagnostics;
using System.Security.Cryptography;
using EContract.Ca.Authorities;
using EContract.Ca.Ocsp;
using EContract.Ca.Revocation;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki.Ocsp;
using EContract.TestKit;

namespace EContract.Bench.Ca;

/// <summary>The CA beside its limits: OCSP beside the bare token and bare Kestrel, issuing, a large CRL, status look-ups in large tables.</summary>
public static class OcspBench
{
    private const int Concurrency = 32;
    private const string Full = "infrastructure"; // the authority with many certificates

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        using var softHsm = SoftHsmToken.Create();
        await using var token = await softHsm.OpenAsync(o => o.SignatureCheck = SignatureCheck.RsaOnly);
        await using var bed = await CaBed.StartAsync(token);
        var duration = TimeSpan.FromSeconds(quick ? 2 : 10);
        var rows = new List<BenchRow>();
        var ids = await bed.IssueAsync(quick ? 20 : 100);
        rows.Add(await OnDemandAsync(bed, ids, duration));
        rows.Add(await FromCacheAsync(bed, ids[0], duration));
        rows.Add(await IssuingAsync(bed, quick ? 50 : 500));
        // The same certificates serve for both: to make a million rows takes longer than all that is measured.
        var count = quick ? 100_000 : 1_000_000;
        rows.AddRange(await LookUpAsync(bed, count, duration));
        rows.Add(await LargeCrlAsync(bed));
        return rows;
    }

    private static async Task<BenchRow> OnDemandAsync(CaBed bed, IReadOnlyList<CertId> ids, TimeSpan duration)
    {
        var responder = bed.Get<OcspResponder>();
        var authority = bed.Get<AuthorityRegistry>().Get("subscribers");
        var key = await bed.Get<AuthorityRegistry>().GetKeyAsync(authority.OcspKeyLabel!, authority.OcspCertificate!, default);
        var digest = SHA256.HashData([1]);
        var requests = ids.Select(id => new OcspRequest([id], [OcspNonce.ToExtension(RandomNumberGenerator.GetBytes(32))]).Encode())
            .ToList();

        async Task SignAsync(int _)
        {
            var signature = new byte[key.MaxSignatureSize];
            await key.SignDigestAsync(digest, HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, signature);
        }

        async Task RespondAsync(int i) => await responder.RespondAsync("subscribers", requests[i % requests.Count], default);

        await WarmUpAsync(SignAsync);
        await WarmUpAsync(RespondAsync);
        // Alternating, so that other load on the machine falls on both.
        var (ours, bare) = (0.0, 0.0);
        for (var round = 0; round < 3; round++)
        {
            bare += await PerSecondAsync(SignAsync, duration / 3);
            ours += await PerSecondAsync(RespondAsync, duration / 3);
        }

        return Row(
            "OCSP on demand, P-256, with nonce",
            ours / 3,
            "responses/s",
            "bare C_Sign through the session pool",
            bare / 3,
            "signatures/s",
            ">= 0.5"
        );
    }

    private static async Task<BenchRow> FromCacheAsync(CaBed bed, CertId id, TimeSpan duration)
    {
        var base64 = Uri.EscapeDataString(Convert.ToBase64String(new OcspRequest([id], []).Encode()));
        var uri = new Uri($"/ocsp/subscribers/{base64}", UriKind.Relative);
        var bareUri = new Uri("/bare", UriKind.Relative);
        async Task GetAsync(Uri from) => await bed.Http.GetByteArrayAsync(from);

        await WarmUpAsync(_ => GetAsync(bareUri));
        await WarmUpAsync(_ => GetAsync(uri));
        var (ours, bare) = (0.0, 0.0);
        for (var round = 0; round < 3; round++)
        {
            bare += await PerSecondAsync(_ => GetAsync(bareUri), duration / 3);
            ours += await PerSecondAsync(_ => GetAsync(uri), duration / 3);
        }

        return Row("OCSP from cache, GET", ours / 3, "responses/s", "bare Kestrel GET of as many bytes", bare / 3, "responses/s", ">= 0.6");
    }

    private static async Task<BenchRow> IssuingAsync(CaBed bed, int count)
    {
        var applications = await bed.ApproveAsync(count);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            applications,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (application, _) => await bed.IssueAsync(application)
        );
        process.Refresh();
        var perCertificate = (process.TotalProcessorTime - cpu).TotalMilliseconds / count;
        return Row(
            "issue certificates, P-384 issuer",
            count / clock.Elapsed.TotalSeconds,
            "certificates/s",
            "CPU of this process",
            perCertificate,
            "ms per certificate",
            "measured"
        );
    }

    private static async Task<IReadOnlyList<BenchRow>> LookUpAsync(CaBed bed, int count, TimeSpan duration)
    {
        var reader = bed.Get<StatusReader>();
        Func<int, Task> LookUpAmong(int all) =>
            async i =>
                _ = await reader.ReadAsync(Full, CaBed.SerialOf((int)(i * 7919L % all)), default) ?? throw new InvalidOperationException();

        await bed.FillAsync(Full, 1_000, revoked: true);
        await WarmUpAsync(LookUpAmong(1_000));
        var (smallAlone, small) = await MeasureAsync(LookUpAmong(1_000));
        await bed.FillAsync(Full, count, revoked: true);
        await WarmUpAsync(LookUpAmong(count)); // the database's memory, too
        var (largeAlone, large) = await MeasureAsync(LookUpAmong(count));
        return
        [
            Row(
                $"status look-up among {count:N0}, by itself",
                largeAlone,
                "look-ups/s",
                "among 1,000",
                smallAlone,
                "look-ups/s",
                "flat: >= 0.7"
            ),
            Row(
                $"status look-up among {count:N0}, {Concurrency} askers",
                large,
                "look-ups/s",
                "among 1,000",
                small,
                "look-ups/s",
                "measured"
            ),
        ];

        async Task<(double Alone, double Together)> MeasureAsync(Func<int, Task> lookUp) =>
            (await PerSecondAsync(lookUp, duration / 4, concurrency: 1), await PerSecondAsync(lookUp, duration / 4));
    }

    private static async Task<BenchRow> LargeCrlAsync(CaBed bed)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        process.Refresh();
        var before = process.WorkingSet64;
        var peak = 0L;
        using var stop = new CancellationTokenSource();
        var watch = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                process.Refresh();
                peak = Math.Max(peak, process.WorkingSet64 - before);
                await Task.Delay(10);
            }
        });
        var clock = Stopwatch.StartNew();
        var crl = await bed.Get<CrlIssuer>().IssueAsync(new(Full, null, Delta: false), null, "bench", default);
        var seconds = clock.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        await watch;
        return Row(
            $"CRL of {crl!.Entries:N0} revoked, {crl.Crl.Length / 1e6:N0} MB",
            seconds,
            "s",
            "growth of the working set",
            peak / 1e6,
            "MB",
            "<= 10 s, <= 500 MB"
        );
    }

    /// <summary>Until the code runs in its final form: a server does for all but its first seconds.</summary>
    private static async Task WarmUpAsync(Func<int, Task> call) => await PerSecondAsync(call, TimeSpan.FromSeconds(3));

    private static async Task<double> PerSecondAsync(Func<int, Task> call, TimeSpan duration, int concurrency = Concurrency)
    {
        var done = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, concurrency)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (clock.Elapsed < duration)
                        {
                            await call(Interlocked.Increment(ref done));
                        }
                    })
                )
        );
        return done / clock.Elapsed.TotalSeconds;
    }

    private static BenchRow Row(string name, double ours, string unit, string beside, double value, string besideUnit, string goal) =>
        new(name, ours, unit, beside, value, besideUnit, value == 0 ? 0 : ours / value, goal);
}
