using EContract.Hosting.Settings;

namespace EContract.Hosting.Telemetry;

/// <summary>Section <c>Telemetry</c>. <c>/metrics</c> is always there; this is for pushing to a collector.</summary>
public sealed class TelemetryOptions
{
    /// <summary>OTLP collector (gRPC), for example <c>http://collector:4317</c>. Null: nothing is pushed.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary><c>service.name</c> of what is pushed.</summary>
    public string ServiceName { get; set; } = "econtract";

    /// <summary>Share of calls that are traced, 0 to 1.</summary>
    public double TraceRatio { get; set; } = 0.1;

    internal static void Check(TelemetryOptions options, SettingErrors errors)
    {
        if (
            options.OtlpEndpoint is { } endpoint
            && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https"))
        )
        {
            errors.Add(nameof(OtlpEndpoint), $"'{endpoint}' is not an address", "for example 'http://collector:4317'");
        }

        if (options.TraceRatio is < 0 or > 1)
        {
            errors.Add(nameof(TraceRatio), $"is {options.TraceRatio}", "0 to 1");
        }
    }
}
