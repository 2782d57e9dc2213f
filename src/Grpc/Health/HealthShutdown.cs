using Microsoft.Extensions.Hosting;

namespace EContract.Grpc.Health;

/// <summary>Tells watchers that the server is going, before it waits for calls in flight: a Watch would otherwise hold it up.</summary>
internal sealed class HealthShutdown(HealthRegistry registry, IHostApplicationLifetime lifetime) : IHostedService
{
    private CancellationTokenRegistration _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = lifetime.ApplicationStopping.Register(registry.Shutdown);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Dispose();
        return Task.CompletedTask;
    }
}
