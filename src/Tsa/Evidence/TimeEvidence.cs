using EContract.Hosting.Clock;
using EContract.Tsa.Units;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EContract.Tsa.Evidence;

/// <summary>
/// Records when a unit lost and regained the proof of its declared accuracy. The clock guard tells what happened to the clock; this
/// tells what it meant for tokens, for units differ in their accuracy.
/// </summary>
internal sealed class TimeEvidence(
    TsuDirectory directory,
    IProvenClock clock,
    RecordTsaEvent record,
    TimeProvider time,
    ILogger<TimeEvidence> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, bool> _recorded = []; // only the running pass

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await LookAsync(stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (Tsu unit in directory.Units)
        {
            bool proven = unit.IsTimeProven;
            if (_recorded.TryGetValue(unit.Name, out bool known) && known == proven)
            {
                continue;
            }

            ClockReading reading = clock.Read();
            try
            {
                var details = new Dictionary<string, string>
                {
                    ["accuracy"] = unit.Options.Accuracy.ToString("c"),
                    ["error_bound"] = reading.Refusal is null ? reading.ErrorBound.ToString("c") : "",
                    ["reason"] = reading.Refusal ?? "",
                };
                await record(
                    new TsaEvent(proven ? "tsu_time.proven" : "tsu_time.lost", "tsu", unit.Name, proven, details),
                    cancellationToken
                );
                _recorded[unit.Name] = proven;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The audit log is away: told again at the next look. The unit itself has stopped or resumed already.
                logger.LogError(e, "TSU {Unit}: a change of the time's state could not be recorded", unit.Name);
            }
        }
    }
}
