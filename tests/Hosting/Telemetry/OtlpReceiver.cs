using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Hosting.Tests.Telemetry;

/// <summary>
/// A collector that keeps what is pushed to it: OTLP over gRPC without TLS (opentelemetry-proto 1.x, collector services). It reads the few
/// fields by number that the tests ask for.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>ExportMetricsServiceRequest messages.</summary>
    public ConcurrentQueue<byte[]> Metrics { get; } = new();

    /// <summary>ExportTraceServiceRequest messages.</summary>
    public ConcurrentQueue<byte[]> Traces { get; } = new();

    // ResourceMetrics (1) → ScopeMetrics (2) → Metric (2) → name (1)
    public IReadOnlyList<string> MetricNames => [.. Metrics.SelectMany(message => Texts(message, 1, 2, 2, 1))];

    // ResourceSpans (1) → ScopeSpans (2) → Span (2)
    public IReadOnlyList<byte[]> Spans => [.. Traces.SelectMany(message => Fields(message, 1, 2, 2))];

    // … → Resource (1) → attributes (1)
    public IReadOnlyDictionary<string, string> ResourceOfMetrics =>
        Attributes(Metrics.SelectMany(message => Fields(message, 1, 1, 1))).DistinctBy(pair => pair.Key).ToDictionary();

    /// <summary>Span.attributes (9).</summary>
    public static IEnumerable<KeyValuePair<string, string>> AttributesOf(byte[] span) => Attributes(Fields(span, 9));

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.UseRouting();
        app.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", http => TakeAsync(http, receiver.Metrics));
        app.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", http => TakeAsync(http, receiver.Traces));
        await app.StartAsync();
        receiver.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task TakeAsync(HttpContext http, ConcurrentQueue<byte[]> into)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        // Not compressed (0), length in four octets, message.
        into.Enqueue(body.ToArray()[5..]);
        http.Response.ContentType = "application/grpc";
        http.Response.DeclareTrailer("grpc-status");
        await http.Response.Body.WriteAsync(new byte[5], http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    // KeyValue: key (1), value (2) → AnyValue: string_value (1)
    private static IEnumerable<KeyValuePair<string, string>> Attributes(IEnumerable<byte[]> keyValues) =>
        from pair in keyValues
        from key in Texts(pair, 1)
        from value in Texts(pair, 2, 1)
        select KeyValuePair.Create(key, value);

    private static IEnumerable<string> Texts(byte[] message, params int[] path) =>
        Fields(message, path).Select(System.Text.Encoding.UTF8.GetString);

    private static IEnumerable<byte[]> Fields(byte[] message, params int[] path) =>
        path is [var first, .. var rest]
            ? Fields(message, first).SelectMany(field => rest.Length == 0 ? [field] : Fields(field, rest))
            : [message];

    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        using var input = new CodedInputStream(message);
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
