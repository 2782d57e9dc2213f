using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace EContract.Hosting.Settings;

/// <summary>
/// Hands changed settings on to what can take them while it runs. A configuration with any fault in it is refused as a whole: half of an
/// operator's change may be worse than none.
/// </summary>
internal sealed class SettingsReload(
    IConfiguration configuration,
    SettingsJudge judge,
    IEnumerable<ILiveSettings> live,
    ILogger<SettingsReload> logger
) : IHostedService, IDisposable
{
    private readonly Lock _reloading = new();
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _listening?.Dispose();

    private void Reload()
    {
        lock (_reloading)
        {
            if (judge.Judge() is { Count: > 0 } errors)
            {
                logger.LogError("The changed settings are wrong; the former ones stay: {Errors}", string.Join(" ", errors));
                return;
            }

            foreach (var settings in live)
            {
                settings.Reload();
            }

            logger.LogInformation("Callers, admission and log level were reloaded");
        }
    }
}
