using EContract.Grpc.Server;
using EContract.Hosting.Admission;
using EContract.Hosting.Callers;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Hosting.Health;
using EContract.Hosting.Lifetime;
using EContract.Hosting.Logging;
using EContract.Hosting.Settings;
using EContract.Hosting.Telemetry;
using EContract.Hosting.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog.Extensions.Logging;

namespace EContract.Hosting;

/// <summary>What every role shares at its edge, wired.</summary>
public static class Composition
{
    /// <summary>
    /// Logging, settings, telemetry, callers, admission, errors, health and graceful stop. Sections: <c>Log</c>, <c>Telemetry</c>,
    /// <c>Callers</c>, <c>Admission</c>, <c>Lifetime</c>, <c>Tls</c>. Each role adds its <see cref="RpcPolicy"/> as a singleton.
    /// </summary>
    public static IHostApplicationBuilder AddEContractHosting(this IHostApplicationBuilder builder, IConfiguration configuration)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        // First, so that it runs before every other hosted service.
        services.AddHostedService<SettingsGate>();
        services.AddHostedService(provider => new SettingsReload(
            configuration,
            provider.GetRequiredService<SettingsJudge>(),
            provider.GetServices<ILiveSettings>(),
            provider.GetRequiredService<ILogger<SettingsReload>>()
        ));
        AddLogging(builder, configuration);
        AddTelemetry(services, configuration);
        AddCallers(services, configuration);
        AddHealth(services, configuration);
        services.AddSettings<TlsOptions>(configuration, "Tls", TlsOptions.Check);
        services.AddSingleton<ServerTls>();
        services.AddSingleton<ErrorMapper>();
        services.AddSingleton<IRpcExceptionMapper>(provider => provider.GetRequiredService<ErrorMapper>());
        services.AddGrpcRuntime(options => options.Interceptors.Add<EdgeInterceptor>());
        return builder;
    }

    /// <summary>Tells callers which role serves what this process does not.</summary>
    /// <param name="policies">Of every role that there is, also of those that this process serves.</param>
    public static IServiceCollection AddUnservedMethods(
        this IServiceCollection services,
        IEnumerable<(string Role, RpcPolicy Policy)> policies
    )
    {
        var roles = policies.SelectMany(role => role.Policy.Methods.Select(method => (method, role.Role))).ToDictionary();
        return services.AddSingleton<IUnknownMethodMapper>(provider => new UnservedMethods(
            roles,
            provider.GetRequiredService<ILogger<UnservedMethods>>()
        ));
    }

    /// <summary>The gRPC port: HTTP/2 only, TLS, a client certificate from a configured anchor required; certificates reload.</summary>
    public static ListenOptions UseMutualTls(this ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        var tls = listen.ApplicationServices.GetRequiredService<ServerTls>();
        return listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.Handshake()) });
    }

    /// <summary><c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c> for the public HTTP port.</summary>
    public static IEndpointRouteBuilder MapEContractHosting(this IEndpointRouteBuilder endpoints)
    {
        HealthEndpoints.Map(endpoints);
        // Made now, so that it listens from the first call on and not from the first scrape.
        var metrics = endpoints.ServiceProvider.GetRequiredService<PrometheusMetrics>();
        endpoints.MapGet("/metrics", () => Results.Text(metrics.Write(), PrometheusMetrics.ContentType));
        return endpoints;
    }

    private static void AddLogging(IHostApplicationBuilder builder, IConfiguration configuration)
    {
        builder.Services.AddLiveSettings<LogOptions>(configuration, "Log", LogOptions.Check);
        // Serilog alone decides, so that its level can be changed at run time.
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<ILoggerProvider>(provider => new SerilogLoggerProvider(
            LoggerSetup.Create(provider.GetRequiredService<LiveSettings<LogOptions>>()),
            dispose: true
        ));
    }

    private static void AddTelemetry(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<TelemetryOptions>(configuration, "Telemetry", TelemetryOptions.Check);
        services.AddSingleton<PrometheusMetrics>();
        services.AddHostedService<OtlpPush>();
    }

    private static void AddCallers(IServiceCollection services, IConfiguration configuration)
    {
        services.AddLiveSettings<AdmissionOptions>(configuration, "Admission", AdmissionOptions.Check);
        services.AddLiveSettings<List<CallerOptions>>(configuration, "Callers", CallerSettings.Check);
        services.AddSingleton(provider =>
        {
            var callers = provider.GetRequiredService<LiveSettings<List<CallerOptions>>>();
            var registry = new CallerRegistry(
                callers.Current,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<CallerRegistry>>(),
                provider.GetService<ICallerRevocation>()
            );
            callers.Changed += registry.Replace;
            return registry;
        });
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<LiveSettings<AdmissionOptions>>();
            var control = new AdmissionControl(options.Current, provider.GetRequiredService<TimeProvider>());
            options.Changed += control.Replace;
            return control;
        });
        services.AddSingleton(provider => new BackgroundWork(provider.GetRequiredService<AdmissionControl>().Gate));
        services.AddSingleton(provider => new EdgeInterceptor(
            provider.GetRequiredService<CallerRegistry>(),
            provider.GetServices<RpcPolicy>().Aggregate(RpcPolicy.Infrastructure(), (all, role) => all.Include(role)),
            provider.GetRequiredService<AdmissionControl>(),
            provider.GetRequiredService<ErrorMapper>(),
            provider.GetRequiredService<Readiness>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EdgeInterceptor>>()
        ));
    }

    private static void AddHealth(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<LifetimeOptions>(configuration, "Lifetime");
        services.AddSingleton<Readiness>();
        services.AddHostedService<GracefulStop>();
        services.AddSingleton<HealthMonitor>();
        services.AddHostedService<GrpcHealthBridge>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthMonitor>());
        services.AddHealthProbe(
            "queue",
            (provider, _) =>
            {
                var gate = provider.GetRequiredService<AdmissionControl>().Gate;
                var state = $"{gate.Running} calls in progress, {gate.Waiting} waiting.";
                return ValueTask.FromResult(gate.IsFull ? HealthFinding.Unhealthy(state) : HealthFinding.Healthy(state));
            }
        );
        services.AddHealthProbe(
            "tls-certificate",
            (provider, _) =>
                ValueTask.FromResult(
                    CertificateProbe.Judge(
                        "The server's TLS certificate",
                        provider.GetRequiredService<ServerTls>().NotAfter,
                        provider.GetRequiredService<TimeProvider>().GetUtcNow()
                    )
                )
        );
    }
}
