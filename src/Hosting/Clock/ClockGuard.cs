using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Hosting.Clock;

/// <summary>
/// Proves how wrong the system clock is: a quorum of NTP sources at intervals, the monotonic clock in between. It never sets the
/// clock. What it can't prove it refuses, and it recovers by itself.
/// </summary>
/// <remarks>
/// At a round: UTC − wall ∈ [Low, High]. Later, with e the monotonic time since and d how far the wall clock parted from it:
/// |UTC − wall| ≤ max(|Low|, |High|) + |d| + drift · e. A large d is a step (an operator, a broken daemon, a resumed virtual machine)
/// and ends the proof, even though the bound still holds: nobody knows what happens next.
/// </remarks>
public sealed class ClockGuard : BackgroundService, IProvenClock
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly ClockGuardOptions _options;
    private readonly (string Name, NtpAddress Address)[] _sources;
    private readonly ClockTransitionHandler[] _handlers;
    private readonly TimeProvider _time;
    private readonly ILogger<ClockGuard> _logger;
    private readonly NtpClient _client;
    private ClockProof? _proof; // by Volatile; written by the round

    // The following belong to the running round or watch; these never overlap.
    private string _noProof = "no round has been completed yet";
    private string? _reported = "";
    private DateTimeOffset? _toldLeap;
    private readonly Dictionary<string, string> _sourceStates = [];
    private readonly Dictionary<string, int> _skip = [];

    public ClockGuard(
        IOptions<ClockGuardOptions> options,
        IEnumerable<ClockTransitionHandler> handlers,
        TimeProvider time,
        ILogger<ClockGuard> logger
    )
    {
        _options = options.Value;
        _sources =
        [
            .. _options.Sources.Select(source =>
                NtpAddress.TryParse(source, out NtpAddress address) ? (source, address) : throw new FormatException(source)
            ),
        ];
        _handlers = [.. handlers];
        _time = time;
        _logger = logger;
        _client = new NtpClient(time);
    }

    public string Basis => $"{_options.RequiredQuorum} of {_sources.Length} NTP sources that agree, and the monotonic clock";

    public ClockReading Read()
    {
        ClockProof? proof = Volatile.Read(ref _proof);
        long monotonic = _time.GetTimestamp();
        DateTimeOffset wall = _time.GetUtcNow();
        if (proof is null)
        {
            return new ClockReading(wall, TimeSpan.Zero, Volatile.Read(ref _noProof));
        }

        TimeSpan elapsed = _time.GetElapsedTime(proof.Timeline.Monotonic, monotonic);
        TimeSpan parted = wall - proof.Timeline.Wall - elapsed;
        if (parted.Duration() > _options.StepTolerance)
        {
            // Perhaps only this thread was held up between the two readings.
            (wall, monotonic) = Timeline.Read(_time);
            elapsed = _time.GetElapsedTime(proof.Timeline.Monotonic, monotonic);
            parted = wall - proof.Timeline.Wall - elapsed;
            if (parted.Duration() > _options.StepTolerance)
            {
                proof.Broken ??= "the clock was stepped";
            }
        }

        TimeSpan error = proof.Error + parted.Duration() + elapsed * (_options.MaxDriftPpm / 1e6);
        string? refusal =
            proof.Broken
            ?? (elapsed > _options.MaxAge ? "the time sources have been silent for too long" : null)
            ?? (error > _options.MaxError ? "the proven error is too large" : null)
            ?? (IsNearLeap(proof, wall) ? "a leap second is near" : null);
        return new ClockReading(wall, error, refusal);
    }

    /// <summary>One round: asks every source, takes the proof that a quorum gives, tells the handlers what changed.</summary>
    internal async Task PollAsync(CancellationToken cancellationToken)
    {
        var timeline = Timeline.Read(_time);
        (string Name, NtpSample? Sample, string? Fault)[] answers = await Task.WhenAll(
            _sources.Select(async source =>
            {
                if (_skip.TryGetValue(source.Name, out int rounds) && rounds > 0)
                {
                    return (source.Name, null, "kiss-o'-death");
                }

                (NtpSample? sample, string? fault) = await _client.AskAsync(
                    source.Name,
                    source.Address,
                    timeline,
                    _options.Timeout,
                    cancellationToken
                );
                return (source.Name, sample, fault);
            })
        );

        NtpSample[] samples = [.. answers.Select(answer => answer.Sample).OfType<NtpSample>()];
        var consensus = NtpConsensus.Find(samples, _options.RequiredQuorum);
        if (consensus is not null)
        {
            // The wall clock may drift in the course of the round too.
            TimeSpan drift = _time.GetElapsedTime(timeline.Monotonic) * (_options.MaxDriftPpm / 1e6);
            DateTimeOffset? leap = LeapMidnight(consensus.Leap, timeline.Wall);
            // First of all: a listener that fails must not keep the proof away.
            Volatile.Write(ref _proof, new ClockProof(timeline, consensus.Low - drift, consensus.High + drift, leap));
            await TellLeapAsync(leap, consensus.Leap, cancellationToken);
        }
        else if (samples.Length >= _options.RequiredQuorum)
        {
            // Enough answered, but they contradict each other: one of two groups is wrong, and it may be ours.
            Lose("the time sources contradict each other");
        }
        else if (Volatile.Read(ref _proof) is null)
        {
            Volatile.Write(ref _noProof, "too few time sources answer");
        }

        await TellSourcesAsync(answers, consensus, cancellationToken);
        await WatchAsync(cancellationToken);
    }

    /// <summary>Tells the handlers when the time was proven or lost since the last look. true: a round would help at once.</summary>
    internal async Task<bool> WatchAsync(CancellationToken cancellationToken)
    {
        ClockReading reading = Read();
        if (reading.Refusal == _reported)
        {
            return false;
        }

        if (reading.Refusal is null)
        {
            await TellAsync(
                ClockTransitionKind.Proven,
                new Dictionary<string, string>
                {
                    ["error_bound"] = reading.ErrorBound.ToString("c"),
                    ["offset_low"] = _proof!.Low.ToString("c"),
                    ["offset_high"] = _proof.High.ToString("c"),
                },
                cancellationToken
            );
            _reported = null;
            return false;
        }

        await TellAsync(ClockTransitionKind.Lost, new Dictionary<string, string> { ["reason"] = reading.Refusal }, cancellationToken);
        _reported = reading.Refusal;
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            long begun = _time.GetTimestamp();
            try
            {
                await PollAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Such as an audit log that is away: the proof stands or ages, the next round tells again.
                _logger.LogError(e, "A round of the clock guard could not be completed");
            }

            bool again = false;
            while (!again && _time.GetElapsedTime(begun) < _options.PollInterval)
            {
                await Task.Delay(WatchInterval < _options.PollInterval ? WatchInterval : _options.PollInterval, _time, stoppingToken);
                try
                {
                    again = await WatchAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    _logger.LogError(e, "A clock event could not be recorded");
                }
            }
        }
    }

    private void Lose(string reason)
    {
        Volatile.Write(ref _noProof, reason);
        Volatile.Write(ref _proof, null);
    }

    // The proof of before the leap second says nothing about the time after it; between them the clock repeats or smears a second.
    private bool IsNearLeap(ClockProof proof, DateTimeOffset wall) =>
        proof.LeapAt is { } midnight && wall >= midnight - _options.LeapMargin && proof.Timeline.Wall < midnight + _options.LeapMargin;

    // Leap seconds are at the end of a month, UTC (ITU-R TF.460-6); servers announce them a day ahead, some all month long. Until the
    // midnight is over, a round of just after it must still know of it: servers may have dropped the announcement already.
    private DateTimeOffset? LeapMidnight(LeapIndicator leap, DateTimeOffset wall)
    {
        if (Volatile.Read(ref _proof)?.LeapAt is { } known && wall < known + _options.LeapMargin)
        {
            return known;
        }

        DateTime month = new(wall.UtcDateTime.Year, wall.UtcDateTime.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        return leap is LeapIndicator.Inserted or LeapIndicator.Deleted ? new DateTimeOffset(month.AddMonths(1)) : null;
    }

    private async Task TellLeapAsync(DateTimeOffset? leap, LeapIndicator indicator, CancellationToken cancellationToken)
    {
        if (leap is { } midnight && _toldLeap != leap)
        {
            await TellAsync(
                ClockTransitionKind.LeapAnnounced,
                new Dictionary<string, string>
                {
                    ["before"] = midnight.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                    ["second"] = indicator.ToString(),
                },
                cancellationToken
            );
            _toldLeap = leap;
        }
    }

    private async Task TellSourcesAsync(
        (string Name, NtpSample? Sample, string? Fault)[] answers,
        NtpConsensus? consensus,
        CancellationToken cancellationToken
    )
    {
        foreach ((string name, NtpSample? sample, string? fault) in answers)
        {
            // A server that asks for silence gets four rounds of it (RFC 5905 §7.4).
            _skip[name] =
                fault != "kiss-o'-death" ? 0
                : _skip.GetValueOrDefault(name) is var left and > 0 ? left - 1
                : 4;
            (ClockTransitionKind kind, string state) = (sample, consensus) switch
            {
                (null, _) => (ClockTransitionKind.SourceFailed, fault!),
                (_, null) => (ClockTransitionKind.SourceDisagrees, "no quorum"),
                _ when consensus.Agreeing.Contains(name) => (ClockTransitionKind.SourceAgrees, "agrees"),
                _ => (ClockTransitionKind.SourceDisagrees, "outside the quorum's interval"),
            };
            if (_sourceStates.GetValueOrDefault(name) == state)
            {
                continue;
            }

            var details = new Dictionary<string, string> { ["source"] = name, ["state"] = state };
            if (sample is not null)
            {
                details["offset"] = sample.Offset.ToString("c");
                details["distance"] = sample.Distance.ToString("c");
            }

            await TellAsync(kind, details, cancellationToken);
            _sourceStates[name] = state; // told: if a listener failed, the next round tells again
        }
    }

    private async Task TellAsync(ClockTransitionKind kind, Dictionary<string, string> details, CancellationToken cancellationToken)
    {
        _logger.Log(
            kind is ClockTransitionKind.Proven or ClockTransitionKind.SourceAgrees ? LogLevel.Information : LogLevel.Warning,
            "Clock: {Transition} {Details}",
            kind,
            string.Join(", ", details.Select(detail => $"{detail.Key}={detail.Value}"))
        );
        var transition = new ClockTransition(kind, details);
        foreach (ClockTransitionHandler handler in _handlers)
        {
            await handler(transition, cancellationToken);
        }
    }
}
