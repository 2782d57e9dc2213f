using EContract.Hosting.Clock;
using EContract.TestKit;
using Microsoft.Extensions.Options;
using Xunit;

namespace EContract.Hosting.Tests.Clock;

public sealed class ClockGuardTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly ManualTime _time = new(Start);
    private readonly List<ClockTransition> _transitions = [];
    private readonly TestNtpServer[] _servers;
    private TimeSpan _ourError; // our clock minus UTC

    public ClockGuardTests() => _servers = [.. Enumerable.Range(0, 5).Select(_ => new TestNtpServer(() => _time.GetUtcNow() - _ourError))];

    [Fact]
    public async Task Nothing_is_proven_before_the_first_round()
    {
        ClockGuard guard = Guard();
        Assert.NotNull(guard.Read().Refusal);
        await PollAsync(guard);
        Assert.Null(guard.Read().Refusal);
        Assert.Equal(ClockTransitionKind.Proven, _transitions[^1].Kind);
    }

    [Fact]
    public async Task The_bound_covers_the_true_error()
    {
        _ourError = TimeSpan.FromMilliseconds(37);
        ClockGuard guard = Guard();
        await PollAsync(guard);
        ClockReading reading = guard.Read();
        Assert.Null(reading.Refusal);
        Assert.InRange(reading.ErrorBound, TimeSpan.FromMilliseconds(37), TimeSpan.FromMilliseconds(45));
    }

    [Fact]
    public async Task A_clock_that_is_too_wrong_is_refused()
    {
        _ourError = TimeSpan.FromSeconds(-2);
        ClockGuard guard = Guard();
        await PollAsync(guard);
        Assert.Equal("the proven error is too large", guard.Read().Refusal);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(-300)]
    [InlineData(1)]
    public async Task A_lying_minority_changes_nothing(int lieMilliseconds)
    {
        _servers[0].Lie = _servers[1].Lie = TimeSpan.FromMilliseconds(lieMilliseconds);
        ClockGuard guard = Guard();
        await PollAsync(guard);
        ClockReading reading = guard.Read();
        Assert.Null(reading.Refusal);
        Assert.True(reading.ErrorBound < TimeSpan.FromMilliseconds(5));
        Assert.Equal(Math.Abs(lieMilliseconds) > 10 ? 2 : 0, _transitions.Count(t => t.Kind == ClockTransitionKind.SourceDisagrees));
    }

    [Fact]
    public async Task Sources_that_contradict_each_other_prove_nothing_and_end_what_was_proven()
    {
        ClockGuard guard = Guard();
        await PollAsync(guard);
        for (int i = 0; i < _servers.Length; i++)
        {
            _servers[i].Lie = TimeSpan.FromSeconds(i);
        }

        await PollAsync(guard);
        Assert.Equal("the time sources contradict each other", guard.Read().Refusal);
        Array.ForEach(_servers, server => server.Lie = default);
        await PollAsync(guard);
        Assert.Null(guard.Read().Refusal);
        Assert.Equal(
            [ClockTransitionKind.Proven, ClockTransitionKind.Lost, ClockTransitionKind.Proven],
            _transitions.Select(t => t.Kind).Where(k => k is ClockTransitionKind.Proven or ClockTransitionKind.Lost)
        );
    }

    [Fact]
    public async Task Silent_sources_let_the_proof_age_and_end_it()
    {
        ClockGuard guard = Guard(o => o.Timeout = TimeSpan.FromMilliseconds(20));
        await PollUntilProvenAsync(guard);
        Array.ForEach(_servers, server => server.Silent = true);
        _time.Advance(TimeSpan.FromMinutes(4));
        await PollAsync(guard);
        ClockReading aged = guard.Read();
        Assert.Null(aged.Refusal);
        Assert.True(aged.ErrorBound >= TimeSpan.FromMilliseconds(24)); // 100 ppm of 4 minutes
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("the time sources have been silent for too long", guard.Read().Refusal);
        Array.ForEach(_servers, server => server.Silent = false);
        await PollUntilProvenAsync(guard);
    }

    [Fact]
    public async Task Silent_sources_are_no_quorum()
    {
        Array.ForEach(_servers[..3], server => server.Silent = true);
        ClockGuard guard = Guard(o => o.Timeout = TimeSpan.FromMilliseconds(20));
        await PollAsync(guard);
        Assert.Equal("too few time sources answer", guard.Read().Refusal);
        Assert.True(_transitions.Count(t => t.Kind == ClockTransitionKind.SourceFailed) >= 3);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    [InlineData(86_400_000)]
    public async Task A_step_is_seen_at_the_next_reading_and_not_forgotten(int milliseconds)
    {
        ClockGuard guard = Guard();
        await PollAsync(guard);
        _time.Step(TimeSpan.FromMilliseconds(milliseconds));
        _ourError += TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal("the clock was stepped", guard.Read().Refusal);

        // Even if it is put back: what happened in between is unknown.
        _time.Step(TimeSpan.FromMilliseconds(-milliseconds));
        _ourError = default;
        Assert.Equal("the clock was stepped", guard.Read().Refusal);
        await PollAsync(guard);
        Assert.Null(guard.Read().Refusal);
        Assert.Contains(_transitions, t => t.Kind == ClockTransitionKind.Proven);
    }

    [Fact]
    public async Task A_small_slip_widens_the_bound()
    {
        ClockGuard guard = Guard();
        await PollAsync(guard);
        TimeSpan before = guard.Read().ErrorBound;
        _time.Step(TimeSpan.FromMilliseconds(30));
        ClockReading reading = guard.Read();
        Assert.Null(reading.Refusal);
        Assert.True(reading.ErrorBound >= before + TimeSpan.FromMilliseconds(30));
    }

    [Theory]
    [InlineData(3, 1, false)]
    [InlineData(0, 0, false)]
    [InlineData(0, 16, false)]
    [InlineData(0, 1, true)]
    public async Task Useless_answers_count_as_none(int leap, int stratum, bool forged)
    {
        foreach (TestNtpServer server in _servers[..3])
        {
            server.Leap = leap;
            server.Stratum = stratum;
            server.Forged = forged;
        }

        ClockGuard guard = Guard(o => o.Timeout = TimeSpan.FromMilliseconds(forged ? 50 : 5000));
        await PollAsync(guard);
        Assert.NotNull(guard.Read().Refusal);
    }

    [Fact]
    public async Task A_server_that_asks_for_silence_gets_it()
    {
        _servers[0].Stratum = 0;
        ClockGuard guard = Guard();
        for (int i = 0; i < 6; i++)
        {
            await PollAsync(guard);
        }

        Assert.Equal(2, _servers[0].Questions);
    }

    [Fact]
    public async Task Around_a_leap_second_nothing_is_proven_until_a_round_after_it()
    {
        var time = new ManualTime(new DateTimeOffset(2028, 12, 31, 23, 59, 0, TimeSpan.Zero));
        TestNtpServer[] servers = [.. Enumerable.Range(0, 3).Select(_ => new TestNtpServer(() => time.GetUtcNow() - _ourError))];
        try
        {
            servers[0].Leap = servers[1].Leap = 1;
            ClockGuard guard = Guard(time, servers);
            await PollAsync(guard);
            Assert.Null(guard.Read().Refusal);
            Assert.Contains(
                _transitions,
                t =>
                    t.Kind == ClockTransitionKind.LeapAnnounced
                    && t.Details["before"].StartsWith("2029-01-01T00:00:00", StringComparison.Ordinal)
            );

            time.Advance(TimeSpan.FromSeconds(58.5));
            Assert.Equal("a leap second is near", guard.Read().Refusal);
            await PollAsync(guard); // a proof of now says nothing about after
            Assert.Equal("a leap second is near", guard.Read().Refusal);

            // 23:59:60 passes; our kernel did not repeat the second, so our clock is one second ahead from now on
            time.Advance(TimeSpan.FromSeconds(5));
            _ourError = TimeSpan.FromSeconds(1);
            Assert.Equal("a leap second is near", guard.Read().Refusal);
            Array.ForEach(servers, server => server.Leap = 0);
            await PollAsync(guard);
            Assert.Equal("the proven error is too large", guard.Read().Refusal);

            // the daemon corrects it
            time.Step(TimeSpan.FromSeconds(-1));
            _ourError = default;
            time.Advance(TimeSpan.FromSeconds(30));
            await PollAsync(guard);
            Assert.Null(guard.Read().Refusal);
        }
        finally
        {
            Array.ForEach(servers, server => server.Dispose());
        }
    }

    [Fact]
    public async Task As_a_service_it_proves_the_time_by_itself_and_tells_it_also_to_a_listener_that_failed_at_first()
    {
        var proven = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int calls = 0;
        ClockTransitionHandler handler = (transition, _) =>
        {
            if (calls++ < 3)
            {
                throw new IOException("The audit log is away.");
            }

            if (transition.Kind == ClockTransitionKind.Proven)
            {
                proven.TrySetResult();
            }

            return Task.CompletedTask;
        };
        var options = new ClockGuardOptions { Timeout = TimeSpan.FromSeconds(10), PollInterval = TimeSpan.FromMilliseconds(20) };
        Array.ForEach(_servers, server => options.Sources.Add(server.Address));
        using var guard = new ClockGuard(Options.Create(options), [handler], new SteadyTime(_time), TestRunLog.Logger<ClockGuard>());
        await guard.StartAsync(TestContext.Current.CancellationToken);
        await proven.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Null(guard.Read().Refusal);
        await guard.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task One_source_alone_announces_no_leap_second()
    {
        _servers[0].Leap = 1;
        ClockGuard guard = Guard();
        await PollAsync(guard);
        Assert.DoesNotContain(_transitions, t => t.Kind == ClockTransitionKind.LeapAnnounced);
    }

    public void Dispose() => Array.ForEach(_servers, server => server.Dispose());

    private static Task PollAsync(ClockGuard guard) => guard.PollAsync(TestContext.Current.CancellationToken);

    // With a short timeout a busy machine may miss an answer.
    private static async Task PollUntilProvenAsync(ClockGuard guard)
    {
        for (int i = 0; i < 100 && guard.Read().Refusal is not null; i++)
        {
            await PollAsync(guard);
        }

        Assert.Null(guard.Read().Refusal);
    }

    /// <summary>Time that passes, on both clocks, whenever somebody looks at the monotonic one.</summary>
    private sealed class SteadyTime(ManualTime inner) : TimeProvider
    {
        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override long GetTimestamp()
        {
            inner.Advance(TimeSpan.FromMicroseconds(100));
            return inner.GetTimestamp();
        }
    }

    private ClockGuard Guard(Action<ClockGuardOptions>? configure = null) => Guard(_time, _servers, configure);

    private ClockGuard Guard(ManualTime time, TestNtpServer[] servers, Action<ClockGuardOptions>? configure = null)
    {
        var options = new ClockGuardOptions { Timeout = TimeSpan.FromSeconds(10) };
        Array.ForEach(servers, server => options.Sources.Add(server.Address));
        configure?.Invoke(options);
        Assert.True(new ClockGuardOptionsValidator().Validate(null, options).Succeeded);
        ClockTransitionHandler record = (transition, _) =>
        {
            _transitions.Add(transition);
            return Task.CompletedTask;
        };
        return new ClockGuard(Options.Create(options), [record], time, TestRunLog.Logger<ClockGuard>());
    }
}
