using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace EContract.Hosting.Telemetry;

/// <summary>What the edge measures of every call.</summary>
internal static class CallMetrics
{
    public const string MeterName = "EContract.Edge";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "econtract.call.duration",
        "s",
        "Duration of gRPC calls by method, caller and status"
    );

    public static void Record(string method, string caller, StatusCode status, TimeSpan elapsed) =>
        Duration.Record(
            elapsed.TotalSeconds,
            new TagList
            {
                { "method", method },
                { "caller", caller },
                { "status", status.ToString() },
            }
        );
}
