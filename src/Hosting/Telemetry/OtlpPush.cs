using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EContract.Hosting.Telemetry;

/// <summary>Pushes metrics and traces to a collector, when one is configured.</summary>
internal sealed class OtlpPush(IOptions<TelemetryOptions> options) : IHostedService
{
    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.OtlpEndpoint is { } endpoint)
        {
            var resource = ResourceBuilder
                .CreateDefault()
                .AddService(options.Value.ServiceName, serviceInstanceId: Environment.MachineName);
            _metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter("EContract*", "System.Runtime", "Microsoft.AspNetCore*", "Npgsql")
                .AddOtlpExporter(exporter => exporter.Endpoint = new Uri(endpoint))
                .Build();
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.Value.TraceRatio)))
                .AddSource("EContract*", "Microsoft.AspNetCore", "Npgsql")
                .AddOtlpExporter(exporter => exporter.Endpoint = new Uri(endpoint))
                .Build();
        }

        return Task.CompletedTask;
    }

    /// <summary>What was measured last is pushed before the process ends.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _metrics?.Dispose();
        _traces?.Dispose();
        return Task.CompletedTask;
    }
}
