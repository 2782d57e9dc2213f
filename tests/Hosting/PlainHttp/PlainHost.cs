using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using EContract.Hosting.PlainHttp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EContract.Hosting.Tests.PlainHttp;

/// <summary>The same echo on Kestrel, with or without plain requests answered in front of it.</summary>
internal sealed partial class PlainHost : IAsyncDisposable
{
    /// <summary>The last request of a connection.</summary>
    public static readonly byte[] Last = "GET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly WebApplication _app;
    private readonly Transport? _transport;

    private PlainHost(WebApplication app, EchoRoute route, Transport? transport)
    {
        _app = app;
        _transport = transport;
        Route = route;
        Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public EchoRoute Route { get; }

    public int Port { get; }

    public PlainConnections Connections => _transport!.Listener!.Connections;

    /// <param name="options">null: Kestrel alone.</param>
    /// <param name="before">Runs on a plain thread before the answer.</param>
    /// <param name="repeat">How often the answer holds the body.</param>
    public static async Task<PlainHost> StartAsync(
        PlainHttpOptions? options,
        Action<byte[]>? before = null,
        int threads = 2,
        int repeat = 1
    )
    {
        var route = new EchoRoute(before ?? (_ => { }), repeat);
        var transport = options is null ? null : new Transport(route, threads, options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (transport is not null)
        {
            builder.Services.AddSingleton<IConnectionListenerFactory>(transport);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(new PlainHttpEndPoint(IPAddress.Loopback, 0), listen => listen.Protocols = HttpProtocols.Http1)
        );
        var app = builder.Build();
        app.MapPost(EchoRoute.Path, context => EchoAsync(context, repeat));
        app.MapGet("/alive", () => "alive");
        await app.StartAsync();
        return new PlainHost(app, route, transport);
    }

    /// <summary>A POST that is plain.</summary>
    public static byte[] Post(string body) =>
        Encoding.ASCII.GetBytes(
            $"POST /echo HTTP/1.1\r\nHost: 127.0.0.1:7080\r\nContent-Type: application/x-echo\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );

    public async Task<Socket> ConnectAsync(int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>
    /// All that comes back until the server closes: after <paramref name="request"/> comes one that asks for that, whatever of it
    /// the server takes for a part of ours.
    /// </summary>
    public async Task<string> ExchangeAsync(byte[] request)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync((byte[])[.. request, .. Last]);
        return await ReadToEndAsync(socket);
    }

    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var received = new MemoryStream();
        var piece = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(piece) is > 0 and var count)
            {
                received.Write(piece, 0, count);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Kestrel closes with a reset when there is something that it didn't read.
        }

        return DateLine().Replace(Encoding.Latin1.GetString(received.ToArray()), "Date: now\r\n");
    }

    /// <summary>Waits until it is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task EchoAsync(HttpContext context, int repeat)
    {
        if (context.Request.ContentType != "application/x-echo")
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        if (context.Request.ContentLength > EchoRoute.MaxBody)
        {
            context.Response.Headers.Connection = "close";
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var reply = EchoRoute.Reply(body.ToArray(), repeat);
        if (body.ToArray().AsSpan().SequenceEqual("busy"u8))
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = "1";
        }

        context.Response.ContentType = "application/x-echoed";
        context.Response.ContentLength = reply.Length;
        await context.Response.BodyWriter.WriteAsync(reply);
    }

    [GeneratedRegex("Date: [^\r]{25} GMT\r\n")]
    private static partial Regex DateLine();

    private sealed class Transport(EchoRoute route, int threads, PlainHttpOptions options)
        : IConnectionListenerFactory,
            IConnectionListenerFactorySelector
    {
        public PlainHttpListener? Listener { get; private set; }

        public bool CanBind(EndPoint endpoint) => endpoint is PlainHttpEndPoint;

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            var listen = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            listen.Listen(512);
            Listener = new PlainHttpListener(
                listen,
                new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), NullLogger.Instance),
                [new PlainRoutes([route], threads)],
                options,
                TimeProvider.System,
                NullLogger.Instance
            );
            return new ValueTask<IConnectionListener>(Listener);
        }
    }
}
