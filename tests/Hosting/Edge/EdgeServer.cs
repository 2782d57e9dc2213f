using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Grpc.Server;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.Proto.Tsa.V1;
using EContract.TestKit;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RpcStatus = Google.Rpc.Status;

namespace EContract.Hosting.Tests.Edge;

/// <summary>A server with the whole edge over mutual TLS on loopback, and callers made by their certificates.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _owned = [];

    private EdgeServer() { }

    public TestHierarchy Hierarchy { get; } = new("Edge");

    public WebApplication App { get; private set; } = null!;

    public HashSet<string> Revoked { get; } = [];

    public Uri Grpc { get; private set; } = null!;

    public Uri Http { get; private set; } = null!;

    public static async Task<EdgeServer> StartAsync(params (string Name, string Value)[] settings)
    {
        var server = new EdgeServer();
        server.WriteServerCertificate("first");
        server._folder.Write("anchors.pem", server.Hierarchy.Issuing.ExportCertificatePem());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Tls:Certificate"] = Path.Combine(server._folder.Path, "server.pem"),
                ["Tls:Key"] = Path.Combine(server._folder.Path, "server.key"),
                ["Tls:ClientAnchors"] = Path.Combine(server._folder.Path, "anchors.pem"),
                ["Log:File"] = Path.Combine(server._folder.Path, "server.log"),
                ["Callers:0:Name"] = "portal",
                ["Callers:0:CommonName"] = "portal",
                ["Callers:0:Roles:0"] = "portal",
                ["Callers:1:Name"] = "load",
                ["Callers:1:Subject"] = "CN=load, O=EContract Test, C=JP",
                ["Callers:1:Roles:0"] = "load",
                ["Callers:2:Name"] = "throttled",
                ["Callers:2:CommonName"] = "throttled",
                ["Callers:2:Roles:0"] = "portal",
                ["Callers:2:Limits:RatePerSecond"] = "0.01",
                ["Callers:2:Limits:Burst"] = "1",
                ["Callers:3:Name"] = "suspended",
                ["Callers:3:CommonName"] = "suspended",
                ["Callers:3:Roles:0"] = "portal",
                ["Callers:3:Suspended"] = "true",
            }
        );
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.AddEContractHosting(builder.Configuration);
        builder.Services.AddGrpcRuntime();
        builder.Services.AddSingleton(server);
        builder.Services.AddSingleton<ICallerRevocation>(new RevocationList(server.Revoked));
        builder.Services.AddSingleton(new RpcPolicy().Admit("/econtract.tsa.v1.TimestampService/CreateTimestamp", Role.Portal));
        // Somebody else's role.
        builder.Services.AddUnservedMethods([
            ("signer", new RpcPolicy().Admit("/econtract.signer.v1.SigningService/GetDocument", Role.Portal)),
        ]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseMutualTls());
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        server.App = builder.Build();
        server.App.MapGrpcService<ObedientService>();
        server.App.MapGrpcHealthService();
        server.App.MapEContractHosting();
        await server.App.StartAsync();
        var addresses = server
            .App.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(address => new Uri(address))
            .ToList();
        server.Grpc = addresses.Single(address => address.Scheme == "https");
        server.Http = addresses.Single(address => address.Scheme == "http");
        return server;
    }

    /// <summary>What was logged so far.</summary>
    public async Task<string> ReadLogAsync(CancellationToken cancellationToken)
    {
        // The name holds the day.
        var file = Directory.GetFiles(_folder.Path, "server*.log").Single();
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <summary>Replaces the server's certificate on disk.</summary>
    public void WriteServerCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = X509CertificateLoader.LoadCertificate(
            Hierarchy.IssueTls(key.ExportSubjectPublicKeyInfo(), name, server: true)
        );
        _folder.Write("server.key", key.ExportPkcs8PrivateKeyPem());
        _folder.Write("server.pem", certificate.ExportCertificatePem() + "\n" + Hierarchy.Issuing.ExportCertificatePem());
    }

    /// <summary>A caller with a certificate of this common name; null: without one.</summary>
    public HttpClient Caller(string? name, TestHierarchy? issuer = null, Action<X509Certificate2>? serverCertificate = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = SslProtocols.None,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                serverCertificate?.Invoke((X509Certificate2)certificate!);
                return certificate!.Issuer == Hierarchy.Issuing.Subject;
            },
        };
        if (name is not null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(Identity(name, issuer ?? Hierarchy), null, offline: true);
        }

        var client = new HttpClient(new SocketsHttpHandler { SslOptions = options })
        {
            BaseAddress = Grpc,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _owned.Add(client);
        return client;
    }

    /// <summary>One unary call, as on the wire. The reason is empty for OK.</summary>
    public static async Task<(StatusCode Status, string Reason, RpcStatus Details)> CallAsync(
        HttpClient caller,
        string method,
        IMessage request
    )
    {
        var body = request.ToByteArray();
        byte[] frame = [0, (byte)(body.Length >> 24), (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];
        using var message = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            Content = new ByteArrayContent(frame),
        };
        message.Content.Headers.ContentType = new("application/grpc");
        message.Headers.TE.Add(new("trailers"));
        using var response = await caller.SendAsync(message);
        await response.Content.ReadAsByteArrayAsync();
        var trailers = response
            .TrailingHeaders.Concat(response.Headers)
            .ToDictionary(header => header.Key, header => header.Value.First(), StringComparer.OrdinalIgnoreCase);
        var details = trailers.TryGetValue("grpc-status-details-bin", out var encoded)
            ? RpcStatus.Parser.ParseFrom(Convert.FromBase64String(encoded.PadRight((encoded.Length + 3) / 4 * 4, '=')))
            : new RpcStatus();
        var reason =
            details
                .Details.FirstOrDefault(detail => detail.Is(global::Google.Rpc.ErrorInfo.Descriptor))
                ?.Unpack<global::Google.Rpc.ErrorInfo>()
                .Reason
            ?? "";
        return ((StatusCode)int.Parse(trailers["grpc-status"], System.Globalization.CultureInfo.InvariantCulture), reason, details);
    }

    public Task<(StatusCode Status, string Reason, RpcStatus Details)> StampAsync(HttpClient caller, string order = "") =>
        CallAsync(caller, "/econtract.tsa.v1.TimestampService/CreateTimestamp", new CreateTimestampRequest { Policy = order });

    public async ValueTask DisposeAsync()
    {
        _owned.ForEach(owned => owned.Dispose());
        await App.DisposeAsync();
        Hierarchy.Dispose();
        _folder.Dispose();
    }

    private static X509Certificate2 Identity(string name, TestHierarchy issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = X509CertificateLoader.LoadCertificate(
            issuer.IssueTls(key.ExportSubjectPublicKeyInfo(), name, server: false)
        );
        using var own = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class RevocationList(HashSet<string> revoked) : ICallerRevocation
    {
        public ValueTask<CallerRevocationState> CheckAsync(X509Certificate2 certificate, CancellationToken cancellationToken) =>
            ValueTask.FromResult(
                revoked.Contains(certificate.GetNameInfo(X509NameType.SimpleName, false))
                    ? CallerRevocationState.Revoked
                    : CallerRevocationState.Good
            );
    }

    /// <summary>Does what the request's policy field says.</summary>
    /// <summary>Lets the calls go on that were ordered to wait.</summary>
    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first call that was ordered to wait has come.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Changes settings, as a saved file does.</summary>
    public void Reconfigure(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings)
        {
            App.Configuration[name] = value;
        }

        ((IConfigurationRoot)App.Configuration).Reload();
    }

    private sealed class ObedientService(EdgeServer server) : TimestampService.TimestampServiceBase
    {
        private async Task<CreateTimestampResponse> WaitAsync(ServerCallContext context)
        {
            server.Waiting.TrySetResult();
            await server.Go.Task.WaitAsync(context.CancellationToken);
            return new CreateTimestampResponse { Policy = Calls.ServerCallContextExtensions.GetCaller(context).Name };
        }

        public override Task<CreateTimestampResponse> CreateTimestamp(CreateTimestampRequest request, ServerCallContext context) =>
            request.Policy switch
            {
                "refuse" => throw new ServiceException(Fault.TimestampPolicyUnknown, "There is no such policy."),
                "break" => throw new InvalidOperationException("the PIN was 482913"),
                "wait" => WaitAsync(context),
                _ => Task.FromResult(new CreateTimestampResponse { Policy = Calls.ServerCallContextExtensions.GetCaller(context).Name }),
            };
    }
}
