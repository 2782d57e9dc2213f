using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using EContract.Grpc.Server;
using EContract.Hosting.Clock;
using EContract.Hosting.PlainHttp;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki.Tsp;
using EContract.TestKit;
using EContract.Tsa;
using EContract.Tsa.Evidence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EContract.Bench.Tsa;

/// <summary>
/// Time-stamps per second over HTTP (wrk, one fixed query, certificates included) beside C_SignInit + C_Sign on the same SoftHSM key
/// with 2 threads in the same run, and beside servers that do nothing but sign; and what making a token costs without the signature.
/// </summary>
public static class TsaBench
{
    private const int Threads = 2;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        List<BenchRow> rows = Building(TimeSpan.FromSeconds(quick ? 0.5 : 3));
        using SoftHsmToken softHsm = SoftHsmToken.Create();
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync();
        // Two views of one token: without the check of signatures, which for ECDSA costs as much as the signature and is then owed by who
        // asked (docs/adr/0023), and with it, as delivered.
        await using Token token = await softHsm.OpenAsync(options => options.SignatureCheck = SignatureCheck.Never);
        await using Token checking = await softHsm.OpenAsync();
        using var folder = new TemporaryFolder();
        using var hierarchy = new TestHierarchy("Bench");
        var settings = new Dictionary<string, string?> { ["Tsa:ConnectionString"] = database.ConnectionString };
        await AddUnitAsync(settings, 0, "p256", KeyAlgorithm.EcdsaP256, token, hierarchy, folder);
        await AddUnitAsync(settings, 1, "rsa2048", KeyAlgorithm.Rsa2048, token, hierarchy, folder);
        await using WebApplication app = await StartAsync(settings, token);
        await using WebApplication verifying = await StartAsync(settings, checking);
        Uri address = Address(app);
        string query = folder.Write("query", TimeStampReq.Create(SHA256.HashData("bench"u8), HashAlgorithmName.SHA256).Encode());
        var loop = new BareSignLoop(softHsm.ModulePath);

        var duration = TimeSpan.FromSeconds(quick ? 2 : 10);
        foreach ((string name, bool rsa, double goal) in ((string, bool, double)[])[("p256", false, 0.75), ("rsa2048", true, 0.9)])
        {
            var url = new Uri(address, $"/tsa/{name}");
            await Wrk.RunAsync(url, query, TimeSpan.FromSeconds(quick ? 2 : 5)); // warm
            double before = loop.Run(name, rsa, Threads, duration / 2);
            Wrk.Result full = await Wrk.RunAsync(url, query, duration);
            double after = loop.Run(name, rsa, Threads, duration / 2);
            double bare = (before + after) / 2;
            rows.Add(
                new BenchRow(
                    $"TSA {name} over HTTP, 16 connections, caller verifies",
                    full.PerSecond,
                    "tokens/s",
                    "C_SignInit+C_Sign, 2 threads",
                    bare,
                    "signatures/s",
                    full.PerSecond / bare,
                    $"≥ {goal}"
                )
            );
            double copies = loop.Run(name, rsa, Threads, duration / 2, copy: true);
            rows.Add(
                new BenchRow(
                    $"TSA {name} bound: the same loop with session copies",
                    copies,
                    "signatures/s",
                    "C_SignInit+C_Sign, 2 threads",
                    bare,
                    "/s",
                    copies / bare,
                    ""
                )
            );
            await BareServersAsync(
                rows,
                new BareServers(loop, name, rsa, await AnswerAsync(url, query)),
                name,
                full.PerSecond,
                bare,
                query,
                duration
            );
            var checkedUrl = new Uri(Address(verifying), $"/tsa/{name}");
            await Wrk.RunAsync(checkedUrl, query, duration / 4); // warm
            double verified = (await Wrk.RunAsync(checkedUrl, query, duration / 2)).PerSecond;
            rows.Add(
                new(
                    $"TSA {name} over HTTP, verified here",
                    verified,
                    "tokens/s",
                    "C_SignInit+C_Sign, 2 threads",
                    bare,
                    "/s",
                    verified / bare,
                    "reported"
                )
            );
            Wrk.Result half = await Wrk.RunAsync(url, query, duration, full.PerSecond / 2);
            rows.Add(
                new BenchRow(
                    $"TSA {name} p99 at half load ({half.PerSecond:0}/s)",
                    half.P99,
                    "ms",
                    "p50",
                    half.P50,
                    "ms",
                    half.P50 / half.P99,
                    ""
                )
            );
        }

        return rows;
    }

    /// <summary>How much of the loop any server can reach here, and how far from that ours is.</summary>
    private static async Task BareServersAsync(
        List<BenchRow> rows,
        BareServers servers,
        string name,
        double ours,
        double bare,
        string query,
        TimeSpan duration
    )
    {
        using TcpListener sockets = servers.StartSockets();
        var address = new Uri($"http://{sockets.LocalEndpoint}/tsa");
        await Wrk.RunAsync(address, query, duration / 4); // warm
        double least = (await Wrk.RunAsync(address, query, duration / 2)).PerSecond;
        await using WebApplication kestrel = await servers.StartKestrelAsync();
        await Wrk.RunAsync(BareServers.Address(kestrel), query, duration / 2); // warm
        double onKestrel = (await Wrk.RunAsync(BareServers.Address(kestrel), query, duration / 2)).PerSecond;
        const string Unit = "answers/s";
        rows.Add(
            new($"TSA {name} bound: sockets that sign, no HTTP", least, Unit, "C_SignInit+C_Sign, 2 threads", bare, "/s", least / bare, "")
        );
        rows.Add(
            new(
                $"TSA {name} bound: bare Kestrel that signs",
                onKestrel,
                Unit,
                "C_SignInit+C_Sign, 2 threads",
                bare,
                "/s",
                onKestrel / bare,
                ""
            )
        );
        rows.Add(
            new(
                $"TSA {name} beside bare Kestrel that signs",
                ours,
                "tokens/s",
                "bare Kestrel",
                onKestrel,
                Unit,
                ours / onKestrel,
                "reported"
            )
        );
    }

    private static Uri Address(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static async Task<byte[]> AnswerAsync(Uri url, string query)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(query));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/timestamp-query");
        using HttpResponseMessage response = await client.PostAsync(url, content);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static List<BenchRow> Building(TimeSpan duration)
    {
        using var building = new TokenBuilding();
        (double ours, double oursBytes) = TokenBuilding.Measure(building.Ours, duration);
        (double bouncy, double bouncyBytes) = TokenBuilding.Measure(building.BouncyCastle, duration);
        (double cms, double cmsBytes) = TokenBuilding.Measure(building.SignedCms, duration);
        (double signature, double signatureBytes) = TokenBuilding.Measure(building.DotNetSignature, duration);
        cms -= signature;
        cmsBytes -= signatureBytes;
        return
        [
            new("TSA token building without signature", ours, "µs", "BouncyCastle", bouncy, "µs", bouncy / ours, "≤ 2 µs"),
            new("TSA token building without signature", ours, "µs", "SignedCms", cms, "µs", cms / ours, "≤ 2 µs"),
            new("TSA allocation per token", oursBytes, "octets", "BouncyCastle", bouncyBytes, "octets", 0, "≤ 1 object"),
            new("TSA allocation per token", oursBytes, "octets", "SignedCms", cmsBytes, "octets", 0, "≤ 1 object"),
        ];
    }

    private static async Task AddUnitAsync(
        Dictionary<string, string?> settings,
        int index,
        string name,
        KeyAlgorithm algorithm,
        Token token,
        TestHierarchy hierarchy,
        TemporaryFolder folder
    )
    {
        ISigningKey key = await token.GenerateSigningKeyAsync(name, algorithm, CancellationToken.None);
        byte[] leaf = hierarchy.IssueTsa(key.SubjectPublicKeyInfo, name);
        settings[$"Tsa:Units:{index}:Name"] = name;
        settings[$"Tsa:Units:{index}:Policies:0"] = $"2.999.{index}";
        settings[$"Tsa:Units:{index}:Keys:0:Label"] = name;
        settings[$"Tsa:Units:{index}:Keys:0:CertificateFile"] = folder.Write(
            $"{name}.pem",
            string.Join('\n', hierarchy.Chain(leaf).Select(c => new string(PemEncoding.Write("CERTIFICATE", c.Span))))
        );
    }

    private static async Task<WebApplication> StartAsync(Dictionary<string, string?> settings, Token token)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(new PlainHttpEndPoint(IPAddress.Loopback, 0)));
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(token);
        builder.Services.AddSingleton<RecordTsaEvent>((_, _) => Task.CompletedTask);
        builder.Services.AddSingleton<IProvenClock>(new TrustedSystemClock(TimeProvider.System, TimeSpan.FromMilliseconds(10)));
        builder.Services.AddGrpcRuntime();
        builder.Services.AddTsa(builder.Configuration.GetSection("Tsa"));
        WebApplication app = builder.Build();
        app.MapTsa();
        await app.StartAsync();
        return app;
    }
}
