using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace EContract.Hosting.Settings;

/// <summary>Judges all sections before any hosted service starts.</summary>
internal sealed class SettingsGate(IConfiguration configuration, IEnumerable<ISettingsSection> sections) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var errors = new SettingErrors();
        foreach (var section in sections)
        {
            section.Check(configuration, errors);
        }

        return errors.Found.Count == 0 ? Task.CompletedTask : throw new SettingsException(errors.Found);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
