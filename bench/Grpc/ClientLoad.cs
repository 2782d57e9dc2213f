using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using EContract.Grpc.Client;
using Grpc.Core;

namespace EContract.Bench.Grpc;

/// <summary>Calls per second of our own client, and of a bare HttpClient that moves the same bytes.</summary>
internal static class ClientLoad
{
    private const int Callers = 64;

    public static async Task<double> OursAsync(int port, int calls)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var invoker = channel.CreateCallInvoker();
        return await RateAsync(
            calls,
            async () =>
            {
                using var call = invoker.AsyncUnaryCall(EchoService.Method, null, default, EchoService.Message);
                await call;
            }
        );
    }

    public static async Task<double> BareAsync(int port, byte[] body, int calls)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true });
        var uri = new Uri($"http://127.0.0.1:{port}{EchoService.Path}");
        return await RateAsync(
            calls,
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, uri)
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    Content = new ByteArrayContent(body),
                };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
                request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
                using var response = await client.SendAsync(request, CancellationToken.None);
                await response.Content.ReadAsByteArrayAsync();
            }
        );
    }

    private static async Task<double> RateAsync(int calls, Func<Task> call)
    {
        var left = calls;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(async _ =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        await call();
                    }
                })
        );
        return calls / watch.Elapsed.TotalSeconds;
    }
}
