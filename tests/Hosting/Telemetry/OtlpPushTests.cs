using System.Diagnostics.Metrics;
using EContract.Hosting.Tests.Edge;
using Grpc.Core;
using Xunit;

namespace EContract.Hosting.Tests.Telemetry;

/// <summary>What a collector gets from a server that is told where it is.</summary>
public sealed class OtlpPushTests
{
    [Fact]
    public async Task Metrics_and_traces_of_calls_reach_the_collector()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        const string Correlation = "econtract.correlation_id";
        await using (
            var server = await EdgeServer.StartAsync(
                ("Telemetry:OtlpEndpoint", collector.Address.ToString()),
                ("Telemetry:ServiceName", "econtract-test"),
                ("Telemetry:TraceRatio", "1")
            )
        )
        {
            using var meter = new Meter("EContract.OtlpTest");
            var counter = meter.CreateCounter<long>("econtract.otlp.test");
            counter.Add(1);
            Assert.Equal(StatusCode.OK, (await server.StampAsync(server.Caller("portal"))).Status);
            Assert.Equal("ROLE_NOT_ADMITTED", (await server.StampAsync(server.Caller("load"))).Reason);
            await server.App.StopAsync(TestContext.Current.CancellationToken);
        }

        // The server has stopped: what it measured last was pushed before.
        Assert.Contains("econtract.otlp.test", collector.MetricNames);
        Assert.Contains(collector.MetricNames, name => name.StartsWith("econtract.call.", StringComparison.Ordinal));
        Assert.Equal("econtract-test", collector.ResourceOfMetrics["service.name"]);
        var calls = collector
            .Spans.Select(span => OtlpReceiver.AttributesOf(span).ToLookup(pair => pair.Key, pair => pair.Value))
            .Where(attributes => attributes.Contains(Correlation))
            .ToList();
        // At least: what other tests of this process call is heard as well.
        Assert.InRange(calls.Count, 2, int.MaxValue);
        Assert.All(calls, attributes => Assert.NotEmpty(attributes[Correlation].Single()));
    }

    [Fact]
    public async Task Nothing_is_pushed_without_an_address()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using (var server = await EdgeServer.StartAsync())
        {
            Assert.Equal(StatusCode.OK, (await server.StampAsync(server.Caller("portal"))).Status);
            await server.App.StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.Empty(collector.Metrics);
        Assert.Empty(collector.Traces);
    }

    [Fact]
    public async Task A_collector_that_is_away_holds_no_call_up()
    {
        await using var server = await EdgeServer.StartAsync(
            ("Telemetry:OtlpEndpoint", "http://127.0.0.1:1"),
            ("Telemetry:TraceRatio", "1")
        );
        Assert.Equal(StatusCode.OK, (await server.StampAsync(server.Caller("portal"))).Status);
    }
}
