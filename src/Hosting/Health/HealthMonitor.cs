using System.Diagnostics.CodeAnalysis;
using EContract.Hosting.Lifetime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EContract.Hosting.Health;

/// <summary>State of the whole node.</summary>
public sealed record HealthReport(bool IsReady, string Reason, IReadOnlyDictionary<string, HealthFinding> Findings);

/// <summary>Runs all probes at intervals and on demand, each within its time, and tells everyone who listens of a change.</summary>
public sealed class HealthMonitor(IEnumerable<HealthProbe> probes, Readiness readiness, TimeProvider time, ILogger<HealthMonitor> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);

    private readonly HealthProbe[] _probes = [.. probes];
    private readonly SemaphoreSlim _checking = new(1, 1);
    private volatile HealthReport _last = new(false, "The node is starting.", new Dictionary<string, HealthFinding>());
    private long _checkedAt;

    /// <summary>Raised after each check, with its report.</summary>
    public event Action<HealthReport>? Checked;

    public HealthReport Last => Judge(_last.Findings);

    /// <summary>A report not older than a second, so that many askers don't multiply the load.</summary>
    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        await _checking.WaitAsync(cancellationToken);
        try
        {
            if (_checkedAt == 0 || time.GetElapsedTime(_checkedAt) > TimeSpan.FromSeconds(1))
            {
                var findings = await Task.WhenAll(_probes.Select(probe => ProbeAsync(probe, cancellationToken)));
                var report = Judge(_probes.Zip(findings).ToDictionary(pair => pair.First.Name, pair => pair.Second));
                LogChanges(_last, report);
                _last = report;
                _checkedAt = time.GetTimestamp();
                Checked?.Invoke(report);
            }
        }
        finally
        {
            _checking.Release();
        }

        return Last;
    }

    public override void Dispose()
    {
        _checking.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await CheckAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) { }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a probe throws is its finding.")]
    private async Task<HealthFinding> ProbeAsync(HealthProbe probe, CancellationToken cancellationToken)
    {
        try
        {
            return await probe.CheckAsync(cancellationToken).AsTask().WaitAsync(ProbeTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return HealthFinding.Unhealthy($"No answer within {ProbeTimeout.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthFinding.Unhealthy(exception.Message);
        }
    }

    private HealthReport Judge(IReadOnlyDictionary<string, HealthFinding> findings)
    {
        var bad = findings
            .Where(finding => finding.Value.State == HealthState.Unhealthy)
            .Select(finding => $"{finding.Key}: {finding.Value.Reason}");
        var reason = readiness.Obstacle ?? string.Join(" ", bad);
        return new HealthReport(reason.Length == 0, reason.Length == 0 ? "Everything serves." : reason, findings);
    }

    private void LogChanges(HealthReport before, HealthReport now)
    {
        foreach (var (name, finding) in now.Findings)
        {
            if (!before.Findings.TryGetValue(name, out var former) || former.State != finding.State)
            {
                var level = finding.State == HealthState.Healthy ? LogLevel.Information : LogLevel.Warning;
                logger.Log(level, "Health of {Part}: {State}: {Reason}", name, finding.State.ToString(), finding.Reason);
            }
        }
    }
}
