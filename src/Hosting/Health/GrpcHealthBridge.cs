using EContract.Grpc.Health;
using EContract.Hosting.Callers;
using Microsoft.Extensions.Hosting;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace EContract.Hosting.Health;

/// <summary>Tells <c>grpc.health.v1</c> what the monitor found, for the server as a whole and for each service of its roles.</summary>
internal sealed class GrpcHealthBridge(HealthMonitor monitor, HealthRegistry registry, IEnumerable<RpcPolicy> policies) : IHostedService
{
    private readonly string[] _services =
    [
        "",
        .. policies.SelectMany(policy => policy.Methods).Select(method => method[1..method.IndexOf('/', 1)]).Distinct(),
    ];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        monitor.Checked += Tell;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        monitor.Checked -= Tell;
        return Task.CompletedTask;
    }

    private void Tell(HealthReport report)
    {
        foreach (var service in _services)
        {
            registry.Set(service, report.IsReady ? ServingStatus.Serving : ServingStatus.NotServing);
        }
    }
}
