using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm;

/// <summary>The meter <c>EContract.Hsm</c>.</summary>
internal static class HsmTelemetry
{
    public const string MeterName = "EContract.Hsm";
    private static readonly ConcurrentDictionary<TokenCore, byte> Tokens = new();
    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "econtract.hsm.operation.duration",
        "s",
        "Time of an operation on the token, waiting for a session included"
    );

    private static readonly Counter<long> Faults = Meter.CreateCounter<long>(
        "econtract.hsm.faults",
        "{fault}",
        "Faults by native function and CKR, healed ones included"
    );

    private static readonly Counter<long> Recoveries = Meter.CreateCounter<long>(
        "econtract.hsm.recoveries",
        "{recovery}",
        "What was done to heal: session, login, recycle"
    );

    static HsmTelemetry()
    {
        Meter.CreateObservableGauge(
            "econtract.hsm.sessions.open",
            () => Each(static t => t.Pool.Open),
            "{session}",
            "Sessions that are open"
        );
        Meter.CreateObservableGauge(
            "econtract.hsm.sessions.used",
            () => Each(static t => t.Admission.InUse),
            "{session}",
            "Sessions that calls hold"
        );
        Meter.CreateObservableGauge(
            "econtract.hsm.sessions.hanging",
            () => Each(static t => t.Admission.Lost),
            "{session}",
            "Sessions written off, because a call hangs in them"
        );
        Meter.CreateObservableGauge(
            "econtract.hsm.queue",
            () => Each(static t => t.Admission.Waiting),
            "{call}",
            "Calls that wait for a session"
        );
        Meter.CreateObservableGauge("econtract.hsm.keys.open", () => Each(static t => t.OpenKeys), "{key}", "Unwrapped keys");
        Meter.CreateObservableGauge(
            "econtract.hsm.state",
            () => Each(static t => (int)t.Health.State),
            null,
            "0 ready, 1 degraded, 2 recovering, 3 unavailable"
        );
    }

    public static bool MeasuresDuration => Duration.Enabled;

    public static void Add(TokenCore token) => Tokens.TryAdd(token, 0);

    public static void Remove(TokenCore token) => Tokens.TryRemove(token, out _);

    public static void Done(string token, string operation, TimeSpan elapsed, HsmFault? fault) =>
        Duration.Record(elapsed.TotalSeconds, new("token", token), new("operation", operation), new("outcome", fault?.ToString() ?? "ok"));

    public static void Failed(string token, HsmException fault)
    {
        if (Faults.Enabled)
        {
            Faults.Add(1, new("token", token), new("function", fault.Function), new("ckr", fault.Ckr.Name()));
        }
    }

    public static void Recovered(string token, string how) =>
        Recoveries.Add(1, new KeyValuePair<string, object?>("token", token), new("how", how));

    private static IEnumerable<Measurement<int>> Each(Func<TokenCore, int> value) =>
        Tokens.Keys.Select(token => new Measurement<int>(value(token), new KeyValuePair<string, object?>("token", token.Label)));
}
