using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using EContract.Hosting.Telemetry;
using Xunit;

namespace EContract.Hosting.Tests.Telemetry;

public sealed partial class PrometheusMetricsTests
{
    [Fact]
    public void Counters_gauges_and_histograms_are_written_as_prometheus_reads_them()
    {
        using var metrics = new PrometheusMetrics();
        using var meter = new Meter("EContract.Test");
        var counter = meter.CreateCounter<long>("test.signatures", description: "Signatures\nmade");
        var histogram = meter.CreateHistogram<double>(
            "test.duration",
            "s",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] }
        );
        meter.CreateObservableGauge("test.queue", () => 7);
        counter.Add(2, new KeyValuePair<string, object?>("key.label", "a\"b\\c"));
        counter.Add(3, new KeyValuePair<string, object?>("key.label", "a\"b\\c"));
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(5);
        ExpositionFormat.Check(metrics.Write());
        var lines = metrics.Write().Split('\n');
        Assert.Contains("# HELP test_signatures_total Signatures\\nmade", lines);
        Assert.Contains("# TYPE test_signatures_total counter", lines);
        Assert.Contains("test_signatures_total{key_label=\"a\\\"b\\\\c\"} 5", lines);
        Assert.Contains("# TYPE test_duration_seconds histogram", lines);
        Assert.Contains("test_duration_seconds_bucket{le=\"0.1\"} 1", lines);
        Assert.Contains("test_duration_seconds_bucket{le=\"1\"} 2", lines);
        Assert.Contains("test_duration_seconds_bucket{le=\"+Inf\"} 3", lines);
        Assert.Contains("test_duration_seconds_count 3", lines);
        Assert.Contains("# TYPE test_queue gauge", lines);
        Assert.Contains("test_queue 7", lines);
        Assert.All(lines.Where(line => line.Length > 0 && line[0] != '#'), line => Assert.Matches(Sample(), line));
    }

    [Fact]
    public void A_tag_with_endless_values_does_not_eat_the_memory()
    {
        using var metrics = new PrometheusMetrics();
        using var meter = new Meter("EContract.Test");
        var counter = meter.CreateCounter<long>("test.endless");
        for (var i = 0; i < MetricInstrument.MaxSeries + 100; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        Assert.Equal(
            MetricInstrument.MaxSeries,
            metrics.Write().Split('\n').Count(line => line.StartsWith("test_endless_total{", StringComparison.Ordinal))
        );
    }

    [GeneratedRegex(
        """^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*\})? (\+Inf|-Inf|NaN|-?[0-9.]+(E[+-]?[0-9]+)?)$"""
    )]
    private static partial Regex Sample();
}
