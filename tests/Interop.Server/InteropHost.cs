using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EContract.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EContract.InteropServer;

/// <summary>Builds the interop server: TestService, health and reflection on loopback.</summary>
public static class InteropHost
{
    /// <summary>Port 0 takes a free one.</summary>
    public static WebApplication Build(InteropServerOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.UseGrpcLimits();
            kestrel.Listen(IPAddress.Loopback, options.Port, Configure);
            if (options.Port != 0 && System.Net.Sockets.Socket.OSSupportsIPv6)
            {
                kestrel.Listen(IPAddress.IPv6Loopback, options.Port, Configure);
            }
        });
        builder.Services.AddGrpcRuntime();
        builder.Services.AddSingleton<TestServiceImpl>();

        var app = builder.Build();
        app.MapGrpcService<TestServiceImpl>();
        app.MapGrpcHealthService();
        app.MapGrpcReflectionService();
        return app;

        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http2;
            if (options is { TlsCertificate: { } certificate, TlsKey: { } key })
            {
                listen.UseHttps(https => ConfigureTls(https, certificate, key, options.ClientCa));
            }
        }
    }

    public static int PortOf(WebApplication app) =>
        int.Parse(app.Urls.First().AsSpan()[(app.Urls.First().LastIndexOf(':') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);

    private static void ConfigureTls(HttpsConnectionAdapterOptions https, string certificate, string key, string? clientCa)
    {
        https.ServerCertificate = X509Certificate2.CreateFromPemFile(certificate, key);
        if (clientCa is null)
        {
            return;
        }

        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(clientCa);
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (client, _, _) =>
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build(client);
        };
    }
}
