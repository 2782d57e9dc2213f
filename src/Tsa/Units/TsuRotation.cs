using EContract.Tsa.Evidence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Tsa.Units;

/// <summary>
/// Loads the keys at start and refuses to start when a unit has none that may sign; afterwards looks again and again at the
/// configuration and the certificate files, and lets the next key take over while requests are served: each request uses the key
/// that it began with.
/// </summary>
internal sealed class TsuRotation(
    TsuDirectory directory,
    TsuKeyLoader loader,
    IOptionsMonitor<TsaOptions> options,
    RecordTsaEvent record,
    TimeProvider time,
    ILogger<TsuRotation> logger
) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        List<string> problems = await RotateAsync(cancellationToken);
        if (problems.Count > 0)
        {
            throw new TsaConfigurationException(problems);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CurrentValue.RotationInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // A next key that is not ready yet must not disturb the one that signs.
            foreach (string problem in await RotateAsync(stoppingToken))
            {
                logger.LogError("Key rotation: {Problem}", problem);
            }
        }
    }

    /// <summary>Puts the right key in place in every unit. Returns what is wrong with any configured key.</summary>
    internal async Task<List<string>> RotateAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (Tsu unit in directory.Units)
        {
            // Units come and go with a restart, their keys without.
            TsuOptions current = options.CurrentValue.Units.FirstOrDefault(u => u.Name == unit.Name) ?? unit.Options;
            try
            {
                await RotateAsync(unit, current.Keys, problems, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The audit log is away: the unit goes on with the key it has, or waits for the next round.
                logger.LogError(e, "TSU {Unit}: a key change could not be recorded", unit.Name);
            }
        }

        return problems;
    }

    private async Task RotateAsync(Tsu unit, IList<TsuKeyOptions> keys, List<string> problems, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        TsuKey? before = unit.Current;
        TsuKey? next = await LastDueAsync(unit, keys, now, problems, cancellationToken);
        if (next is not null && before?.IsSame(next) != true)
        {
            // Recorded first: no token is signed by a key that the log doesn't know.
            await record(TsuEvidence.KeyLoaded(unit, next, before), cancellationToken);
            unit.Current = next;
            logger.LogInformation("TSU {Unit} signs with {Label} until {Until:u}", unit.Name, next.Key.Label, next.Certificate.UsableUntil);
        }
        else if (next is null && before is not null && now >= before.Certificate.UsableUntil)
        {
            unit.Current = null;
            logger.LogError("TSU {Unit} has no key any more: {Label} ended", unit.Name, before.Key.Label);
            await record(TsuEvidence.KeyEnded(unit, before), cancellationToken);
        }
    }

    /// <summary>The last key that is due and usable. Those before it are history: what is wrong with them is no problem.</summary>
    private async Task<TsuKey?> LastDueAsync(
        Tsu unit,
        IEnumerable<TsuKeyOptions> keys,
        DateTimeOffset now,
        List<string> problems,
        CancellationToken cancellationToken
    )
    {
        foreach (TsuKeyOptions candidate in keys.Where(key => !(key.ActivateAt > now)).Reverse())
        {
            var wrong = new List<string>();
            TsuKey? loaded = await loader.LoadAsync(candidate, wrong, cancellationToken);
            problems.AddRange(wrong.Select(problem => $"unit {unit.Name}: {problem}"));
            if (loaded is null || loaded.Certificate.NotBefore <= now)
            {
                return loaded;
            }
        }

        problems.Add($"unit {unit.Name}: no key may sign at {now:u}");
        return null;
    }
}
