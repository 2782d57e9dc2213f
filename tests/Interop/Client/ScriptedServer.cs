using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace EContract.Interop.Tests.Client;

/// <summary>An HTTP/2 server without any gRPC of ours: the test writes the answer to each request itself.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>Headers of the requests in the order they came.</summary>
    public ConcurrentQueue<IHeaderDictionary> Requests { get; } = new();

    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, int, Task> answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxResponseBufferSize = null;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var server = new ScriptedServer(app);
        var count = 0;
        app.Run(context =>
        {
            server.Requests.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)));
            context.Response.ContentType = "application/grpc";
            return answer(context, Interlocked.Increment(ref count));
        });
        await app.StartAsync();
        return server;
    }

    public static Task<ScriptedServer> StartAsync(Func<HttpContext, Task> answer) => StartAsync((context, _) => answer(context));

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
