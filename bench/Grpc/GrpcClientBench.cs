using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using EContract.Grpc.Client;
using EContract.Grpc.InProcess;
using EContract.Grpc.Server;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EContract.Bench.Grpc;

/// <summary>
/// A unary echo of 32 bytes: in process; and over h2c with our client, beside a bare HTTP client and a bare Kestrel handler that
/// exchange the same bytes. Client and server share this process, so the figures compare with each other only.
/// </summary>
public static class GrpcClientBench
{
    private const int Concurrency = 32;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        var duration = TimeSpan.FromSeconds(quick ? 2 : 8);
        var request = new BytesValue { Value = ByteString.CopyFrom(new byte[30]) }; // 32 bytes with tag and length

        await using var ours = await StartAsync(app => app.MapGrpcService<EchoProbeService>());
        await using var bare = await StartAsync(app => app.MapPost("/bench.Echo/Echo", EchoAsync));
        using var http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
            }
        );
        using var toOurs = GrpcChannel.ForAddress(ours.Urls.First());
        using var toBare = GrpcChannel.ForAddress(bare.Urls.First());

        var bareBoth = new Load(() => PostAsync(http, bare.Urls.First(), request));
        var clientOnly = new Load(() => CallAsync(toBare, request));
        var both = new Load(() => CallAsync(toOurs, request));
        foreach (var load in new[] { bareBoth, clientOnly, both })
        {
            await load.RunAsync(duration / 4); // warm up
        }

        // In turns, so that a busy machine is busy for all of them.
        for (var turn = 0; turn < 4; turn++)
        {
            await bareBoth.MeasureAsync(duration / 4);
            await clientOnly.MeasureAsync(duration / 4);
            await both.MeasureAsync(duration / 4);
        }

        return
        [
            InProcess(request, quick),
            new BenchRow(
                "grpc client unary echo, h2c",
                clientOnly.PerSecond,
                "calls/s",
                "bare HTTP/2 client, same handler",
                bareBoth.PerSecond,
                "calls/s",
                clientOnly.PerSecond / bareBoth.PerSecond,
                ">= 0.75"
            ),
            new BenchRow(
                "grpc unary echo with our client, h2c",
                both.PerSecond,
                "calls/s",
                "bare Kestrel handler, same client",
                clientOnly.PerSecond,
                "calls/s",
                both.PerSecond / clientOnly.PerSecond,
                ">= 0.75"
            ),
        ];
    }

    private static BenchRow InProcess(BytesValue request, bool quick)
    {
        const double limit = 3;
        using var channel = new InProcessServer().AddService(new EchoProbeService()).CreateChannel(new InProcessCaller("bench"));
        var invoker = channel.CreateCallInvoker();
        var count = quick ? 200_000 : 1_000_000;
        Run(count);

        // The best of several: what the machine does besides is not the channel's.
        var best = Enumerable.Range(0, 5).Min(_ => Run(count));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        return new BenchRow($"grpc in-process unary ({bytes} B/call)", best, "us", "limit", limit, "us", best / limit, "< 3 us");

        double Run(int calls)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < calls; i++)
            {
                invoker.AsyncUnaryCall(EchoProbe.Method, null, default, request).GetAwaiter().GetResult();
            }

            return watch.Elapsed.TotalMicroseconds / calls;
        }
    }

    private static async Task CallAsync(GrpcChannel channel, BytesValue request) =>
        await channel.CreateCallInvoker().AsyncUnaryCall(EchoProbe.Method, null, default, request);

    private static async Task PostAsync(HttpMessageInvoker http, string address, BytesValue request)
    {
        var body = new byte[37];
        body[4] = 32;
        request.WriteTo(body.AsSpan(5));
        using var message = new HttpRequestMessage(HttpMethod.Post, address + "/bench.Echo/Echo")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TryAddWithoutValidation("te", "trailers");
        using var response = await http.SendAsync(message, CancellationToken.None);
        await response.Content.CopyToAsync(Stream.Null);
        if (!response.TrailingHeaders.Contains("grpc-status"))
        {
            throw new InvalidOperationException("no trailers");
        }
    }

    /// <summary>The least that answers: the request's bytes, then the trailer.</summary>
    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        var buffer = new byte[64];
        var length = 0;
        while (await context.Request.Body.ReadAsync(buffer.AsMemory(length)) is > 0 and var read)
        {
            length += read;
        }

        await context.Response.Body.WriteAsync(buffer.AsMemory(0, length));
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<WebApplication> StartAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpcRuntime();
        builder.Services.AddSingleton<EchoProbeService>();
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    /// <summary>Callers that each make one call after another.</summary>
    private sealed class Load(Func<Task> call)
    {
        private long _calls;
        private TimeSpan _elapsed;

        public double PerSecond => _calls / _elapsed.TotalSeconds;

        public async Task MeasureAsync(TimeSpan duration)
        {
            var watch = Stopwatch.StartNew();
            _calls += await RunAsync(duration);
            _elapsed += watch.Elapsed;
        }

        public async Task<long> RunAsync(TimeSpan duration)
        {
            var watch = Stopwatch.StartNew();
            var counts = await Task.WhenAll(
                Enumerable
                    .Range(0, Concurrency)
                    .Select(_ =>
                        Task.Run(async () =>
                        {
                            long count = 0;
                            for (; watch.Elapsed < duration; count++)
                            {
                                await call();
                            }

                            return count;
                        })
                    )
            );
            return counts.Sum();
        }
    }
}
