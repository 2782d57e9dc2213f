using System.Net;
using EContract.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EContract.Grpc.Tests.Server;

/// <summary>A server on a free loopback port, h2c, for one test.</summary>
public sealed class GrpcHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
    }

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public RecordingLogs Logs => _app.Services.GetRequiredService<RecordingLogs>();

    /// <summary>Serves a <see cref="ProbeService"/>.</summary>
    public static Task<GrpcHost> StartAsync(ProbeService probe, Action<GrpcServiceOptions>? options = null) =>
        StartAsync(services => services.AddSingleton(probe).AddGrpcRuntime(options), app => app.MapGrpcService<ProbeService>());

    public static async Task<GrpcHost> StartAsync(
        Action<IServiceCollection> configure,
        Action<IEndpointRouteBuilder> map,
        Action<KestrelServerOptions>? kestrel = null,
        Action<ListenOptions>? listen = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        var logs = new RecordingLogs();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.UseGrpcLimits();
            kestrel?.Invoke(server);
            server.Listen(
                IPAddress.Loopback,
                0,
                endpoint =>
                {
                    endpoint.Protocols = HttpProtocols.Http2;
                    listen?.Invoke(endpoint);
                }
            );
        });
        configure(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new GrpcHost(app);
    }

    public WireClient CreateClient() => new(Address);

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
