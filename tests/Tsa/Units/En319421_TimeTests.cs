using System.Security.Cryptography;
using EContract.Hosting.Clock;
using EContract.Pki.Tsp;
using EContract.TestKit;
using EContract.Tsa.Evidence;
using EContract.Tsa.Units;
using Microsoft.Extensions.Options;
using Xunit;

namespace EContract.Tsa.Tests.Units;

/// <summary>No token outside the declared accuracy, ever (ETSI EN 319 421 §7.7.2).</summary>
public sealed class En319421_TimeTests
{
    private static readonly int Steps = LongRun.IsOn ? 5000 : 200;
    private static readonly DateTimeOffset Start = new(2026, 12, 31, 22, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_to_clock_and_sources_a_given_time_is_within_the_accuracy(int seed)
    {
        var random = new Random(seed);
        var time = new ManualTime(Start);
        TimeSpan ourError = default;
        DateTimeOffset Truth() => time.GetUtcNow() - ourError;
        TestNtpServer[] servers = [.. Enumerable.Range(0, 5).Select(_ => new TestNtpServer(Truth))];
        try
        {
            var options = new ClockGuardOptions { Timeout = TimeSpan.FromMilliseconds(15) };
            Array.ForEach(servers, server => options.Sources.Add(server.Address));
            var guard = new ClockGuard(Options.Create(options), [], time, TestRunLog.Logger<ClockGuard>());
            TsuOptions unitOptions = new() { Name = "u", Accuracy = TimeSpan.FromMilliseconds(seed % 2 == 0 ? 1000 : 60) };
            unitOptions.Policies.Add("2.999.1");
            var unit = new Tsu(unitOptions, guard);

            int given = 0;
            DateTime last = default;
            for (int step = 0; step < Steps; step++)
            {
                switch (random.Next(8))
                {
                    case 0: // somebody sets the clock, a little or a lot
                        var by = TimeSpan.FromMilliseconds(random.Next(2) == 0 ? random.Next(-60, 60) : random.Next(-5000, 5000));
                        time.Step(by);
                        ourError += by;
                        break;
                    case 1: // the daemon corrects it
                        time.Step(-ourError);
                        ourError = default;
                        break;
                    case 2: // a minority lies
                        int liars = random.Next(3);
                        for (int i = 0; i < servers.Length; i++)
                        {
                            servers[i].Lie = i < liars ? TimeSpan.FromMilliseconds(random.Next(-3000, 3000)) : default;
                            servers[i].Silent = false;
                        }

                        break;
                    case 3: // some are silent
                        servers[random.Next(servers.Length)].Silent = true;
                        break;
                    case 4:
                    case 5: // time passes, our oscillator drifting by up to 100 ppm
                        var passed = TimeSpan.FromSeconds(random.Next(1, 60));
                        time.Advance(passed);
                        ourError += passed * ((random.NextDouble() - 0.5) * 2e-4);
                        break;
                    default:
                        await guard.PollAsync(TestContext.Current.CancellationToken);
                        break;
                }

                if (unit.TryGetGenTime(out DateTime genTime))
                {
                    given++;
                    TimeSpan off = genTime - Truth().UtcDateTime;
                    Assert.True(off.Duration() <= unitOptions.Accuracy, $"seed {seed}, step {step}: {off} off");
                    Assert.True(genTime >= last);
                    last = genTime;
                }
            }

            Assert.True(given > 0, "the scenario never proved the time");
        }
        finally
        {
            Array.ForEach(servers, server => server.Dispose());
        }
    }

    [Fact]
    public async Task Unproven_time_is_timeNotAvailable_and_recorded_and_it_comes_back_by_itself()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync();
        var clock = new SwitchedClock();
        await using TsaHost host = await TsaHost.StartAsync(database.ConnectionString, clock, units: ["p256"]);
        byte[] query = TimeStampReq.Create(new byte[32], HashAlgorithmName.SHA256).Encode();
        Assert.Equal(PkiStatus.Granted, TimeStampResp.Decode(await host.PostAsync(query)).Status.Status);
        clock.Refusal = "a leap second is near";
        Assert.Equal(PkiFailureInfo.TimeNotAvailable, TimeStampResp.Decode(await host.PostAsync(query)).Status.FailInfo);
        clock.Refusal = null;
        clock.Error = TimeSpan.FromSeconds(1.1);
        Assert.Equal(PkiFailureInfo.TimeNotAvailable, TimeStampResp.Decode(await host.PostAsync(query)).Status.FailInfo);
        clock.Error = TimeSpan.FromSeconds(0.9);
        Assert.Equal(PkiStatus.Granted, TimeStampResp.Decode(await host.PostAsync(query)).Status.Status);
    }

    [Fact]
    public async Task Transitions_of_a_unit_are_recorded_once_and_again_when_the_log_was_away()
    {
        var clock = new SwitchedClock { Refusal = "no quorum" };
        var options = new TsuOptions { Name = "u" };
        options.Policies.Add("2.999.1");
        var events = new List<TsaEvent>();
        bool away = true;
        RecordTsaEvent record = (evidence, _) =>
        {
            if (away)
            {
                throw new IOException("away");
            }

            events.Add(evidence);
            return Task.CompletedTask;
        };
        using var evidence = new TimeEvidence(
            new TsuDirectory("/tsa", [new Tsu(options, clock)]),
            clock,
            record,
            TimeProvider.System,
            TestRunLog.Logger<TimeEvidence>()
        );
        await evidence.LookAsync(TestContext.Current.CancellationToken);
        away = false;
        await evidence.LookAsync(TestContext.Current.CancellationToken);
        await evidence.LookAsync(TestContext.Current.CancellationToken);
        clock.Refusal = null;
        await evidence.LookAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["tsu_time.lost", "tsu_time.proven"], events.Select(e => e.Action));
        Assert.Equal("no quorum", events[0].Details["reason"]);
    }

    private sealed class SwitchedClock : IProvenClock
    {
        public string Basis => "a test";

        public string? Refusal { get; set; }

        public TimeSpan Error { get; set; }

        public ClockReading Read() => new(TimeProvider.System.GetUtcNow(), Error, Refusal);
    }
}
