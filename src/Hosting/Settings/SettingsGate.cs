using Microsoft.Extensions.Hosting;

namespace EContract.Hosting.Settings;

/// <summary>Judges all settings before any hosted service starts.</summary>
internal sealed class SettingsGate(SettingsJudge judge) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Pass();
        return Task.CompletedTask;
    }

    /// <exception cref="SettingsException">Something is wrong; the exception tells everything that is.</exception>
    public void Pass()
    {
        if (judge.Judge() is { Count: > 0 } errors)
        {
            throw new SettingsException(errors);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
