using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EContract.Hosting.Lifetime;

/// <summary>Readiness rises when everything has started and falls before anything stops.</summary>
internal sealed class GracefulStop(Readiness readiness, IOptions<LifetimeOptions> options, TimeProvider time) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        readiness.Rise();
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Fall();
        await Task.Delay(options.Value.StopDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
