using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EContract.Hosting.PlainHttp;

/// <summary>What Kestrel's own meters don't see.</summary>
internal static class PlainHttpMetrics
{
    private static readonly Meter Meter = new("EContract.PlainHttp");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "econtract.http.plain.duration",
        "s",
        "Duration of plain HTTP requests by path"
    );
    private static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>(
        "econtract.http.plain.connections",
        "{connection}",
        "Connections that were not handed to Kestrel"
    );
    private static readonly Counter<long> HandedOver = Meter.CreateCounter<long>(
        "econtract.http.plain.handed_over",
        "{connection}",
        "Connections handed to Kestrel, by reason"
    );

    /// <summary>0 when nobody listens.</summary>
    public static long Start() => Duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public static void Answered(PlainRoute route, long started)
    {
        if (started != 0)
        {
            Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("path", route.Path));
        }
    }

    public static void Count(int change) => Connections.Add(change);

    public static void Left(HandOver reason) => HandedOver.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
