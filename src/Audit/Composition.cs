using EContract.Audit.Checkpoints;
using EContract.Audit.Grpc;
using EContract.Grpc.Server;
using EContract.Hosting.Health;
using EContract.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Audit;

/// <summary>The evidence log, wired.</summary>
public static class Composition
{
    /// <summary>
    /// The log as a singleton, opened when the host starts; checkpoints at intervals. Section <c>Audit</c>; database
    /// <c>ConnectionStrings:Audit</c>, else <c>ConnectionStrings:Database</c>. Server adds a <see cref="FindAuditKey"/> and an
    /// <see cref="ICheckpointTimestamper"/>.
    /// </summary>
    public static IServiceCollection AddAudit(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings<AuditOptions>(configuration, "Audit", AuditOptions.Check);
        services.AddSingleton(provider => new AuditLog(
            configuration.GetConnectionString("Audit")
                ?? configuration.GetConnectionString("Database")
                ?? throw new SettingsException(["ConnectionStrings:Database is missing. Right would be: a PostgreSQL connection string."]),
            provider.GetRequiredService<IOptions<AuditOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AuditLog>>()
        ));
        services.AddHostedService<OpenAtStart>();
        services.AddSingleton<CheckpointSchedule>();
        services.AddHostedService(provider => provider.GetRequiredService<CheckpointSchedule>());
        services.AddSingleton<AuditService>();
        services.AddSingleton(AuditService.Policy());
        services.AddHealthProbe("audit-log", (provider, _) => ValueTask.FromResult(Judge(provider.GetRequiredService<AuditLog>())));
        services.AddHealthProbe(
            "audit-checkpoints",
            (provider, _) => ValueTask.FromResult(provider.GetRequiredService<CheckpointSchedule>().Judge())
        );
        return services;
    }

    /// <summary><c>econtract.audit.v1.AuditService</c>.</summary>
    public static IEndpointConventionBuilder MapAudit(this IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<AuditService>();

    private static HealthFinding Judge(AuditLog log) =>
        log.Trouble is { } trouble ? HealthFinding.Unhealthy(trouble)
        : log.CanRewrite
            ? HealthFinding.Degraded(
                "Records are written, but the database user could change them: let another one own the schema (command migrate)."
            )
        : HealthFinding.Healthy("Records are written.");

    private sealed class OpenAtStart(AuditLog log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => log.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
