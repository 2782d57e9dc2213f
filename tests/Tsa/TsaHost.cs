using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using EContract.Grpc.Server;
using EContract.Hosting.Clock;
using EContract.Hosting.PlainHttp;
using EContract.Hsm.Keys;
using EContract.TestKit;
using EContract.Tsa.Evidence;
using EContract.Tsa.Units;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace EContract.Tsa.Tests;

/// <summary>The authority on Kestrel at a free port of 127.0.0.1, with software keys: units p256, p384, rsa2048, rsa3072, pss, or some of them.</summary>
public sealed class TsaHost : IAsyncDisposable
{
    public static readonly IReadOnlyDictionary<string, KeyAlgorithm> Units = new Dictionary<string, KeyAlgorithm>
    {
        ["p256"] = KeyAlgorithm.EcdsaP256,
        ["p384"] = KeyAlgorithm.EcdsaP384,
        ["rsa2048"] = KeyAlgorithm.Rsa2048,
        ["rsa3072"] = KeyAlgorithm.Rsa3072,
        ["pss"] = KeyAlgorithm.Rsa2048,
    };

    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Pkcs8 = new();
    private readonly WebApplication _app;
    private readonly TemporaryFolder _folder;
    private readonly ConcurrentDictionary<string, ISigningKey> _keys;

    private TsaHost(
        WebApplication app,
        TemporaryFolder folder,
        TestHierarchy hierarchy,
        ConcurrentDictionary<string, ISigningKey> keys,
        ConcurrentQueue<TsaEvent> events
    )
    {
        _app = app;
        _folder = folder;
        _keys = keys;
        Hierarchy = hierarchy;
        Events = events;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http = new HttpClient { BaseAddress = Address };
    }

    public TestHierarchy Hierarchy { get; }

    public IReadOnlyCollection<TsaEvent> Events { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public string Folder => _folder.Path;

    public static string Policy(string unit) => $"2.999.{(unit.Length * 100) + unit[^1]}";

    /// <param name="configure">Changes the configuration before the start; gets the folder of the certificate files.</param>
    public static async Task<TsaHost> StartAsync(
        string connectionString,
        IProvenClock? clock = null,
        TimeProvider? time = null,
        Action<Dictionary<string, string?>, string>? configure = null,
        Func<string, ISigningKey, ISigningKey>? wrap = null,
        IReadOnlyList<string>? units = null
    )
    {
        var folder = new TemporaryFolder();
        var hierarchy = new TestHierarchy(now: time?.GetUtcNow());
        var keys = new ConcurrentDictionary<string, ISigningKey>();
        var events = new ConcurrentQueue<TsaEvent>();
        var settings = new Dictionary<string, string?> { ["Tsa:ConnectionString"] = connectionString };
        int index = 0;
        foreach (string name in units ?? [.. Units.Keys])
        {
            // RSA keys take long to make: each is made once per process
            byte[] pkcs8 = Pkcs8.GetOrAdd(name, unit => new Lazy<byte[]>(() => Generate(Units[unit]))).Value;
            SoftwareSigningKey key = SoftwareSigningKey.FromPkcs8(pkcs8, name);
            keys[name] = wrap?.Invoke(name, key) ?? key;
            string at = string.Create(CultureInfo.InvariantCulture, $"Tsa:Units:{index++}");
            settings[$"{at}:Name"] = name;
            settings[$"{at}:Policies:0"] = Policy(name);
            settings[$"{at}:Keys:0:Label"] = name;
            settings[$"{at}:Keys:0:Pss"] = name == "pss" ? "true" : "false";
            settings[$"{at}:Keys:0:CertificateFile"] = WriteChain(
                folder,
                name,
                hierarchy,
                hierarchy.IssueTsa(key.SubjectPublicKeyInfo, name)
            );
        }

        configure?.Invoke(settings, folder.Path);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(new PlainHttpEndPoint(IPAddress.Loopback, 0)));
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<FindSigningKey>((label, _) => Task.FromResult(keys.GetValueOrDefault(label)));
        builder.Services.AddSingleton<RecordTsaEvent>(
            (evidence, _) =>
            {
                events.Enqueue(evidence);
                return Task.CompletedTask;
            }
        );
        time ??= TimeProvider.System;
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(clock ?? new TrustedSystemClock(time, TimeSpan.FromMilliseconds(10)));
        builder.Services.AddGrpcRuntime();
        builder.Services.AddTsa(builder.Configuration.GetSection("Tsa"));
        WebApplication app = builder.Build();
        app.MapTsa();
        await app.StartAsync();
        return new TsaHost(app, folder, hierarchy, keys, events);
    }

    /// <summary>Puts another key under a label, with a certificate, as an operator does before a rotation; returns the file.</summary>
    public string AddKey(string label, KeyAlgorithm algorithm, Func<TestHierarchy, ISigningKey, byte[]> issue)
    {
        ISigningKey key = _keys.GetOrAdd(label, l => SoftwareSigningKey.Generate(algorithm, l));
        return WriteChain(_folder, label, Hierarchy, issue(Hierarchy, key));
    }

    /// <summary>POST of a query; the answer must be HTTP 200 with the right media type.</summary>
    public async Task<byte[]> PostAsync(byte[] query, string path = "/tsa")
    {
        using HttpResponseMessage response = await SendAsync(query, path);
        Assert200(response);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public async Task<HttpResponseMessage> SendAsync(byte[] query, string path = "/tsa", string type = "application/timestamp-query")
    {
        using var content = new ByteArrayContent(query);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await Http.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        foreach (IDisposable key in _keys.Values.OfType<IDisposable>())
        {
            key.Dispose();
        }

        Hierarchy.Dispose();
        _folder.Dispose();
    }

    private static byte[] Generate(KeyAlgorithm algorithm)
    {
        if (algorithm.IsRsa)
        {
            using var rsa = RSA.Create(algorithm.KeySize);
            return rsa.ExportPkcs8PrivateKey();
        }

        using var ecdsa = ECDsa.Create(algorithm == KeyAlgorithm.EcdsaP256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
        return ecdsa.ExportPkcs8PrivateKey();
    }

    private static void Assert200(HttpResponseMessage response)
    {
        Xunit.Assert.Equal(200, (int)response.StatusCode);
        Xunit.Assert.Equal("application/timestamp-reply", response.Content.Headers.ContentType?.ToString());
    }

    private static string WriteChain(TemporaryFolder folder, string name, TestHierarchy hierarchy, byte[] leaf) =>
        folder.Write(
            $"{name}.pem",
            string.Join('\n', hierarchy.Chain(leaf).Select(c => new string(PemEncoding.Write("CERTIFICATE", c.Span))))
        );
}
