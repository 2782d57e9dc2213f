using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EContract.Bench.Tsa;

/// <summary>
/// Two servers that make one signature per request by bare native calls, with a session copy of the key as ours do, and answer with
/// the same octets each time: no query is read, no token is built. What they reach beside the loop is what client, kernel and HTTP
/// leave of the machine for a time-stamp authority.
/// </summary>
internal sealed class BareServers(BareSignLoop loop, string label, bool rsa, byte[] answer)
{
    private const string ReplyType = "application/timestamp-reply";
    private readonly ConcurrentDictionary<int, (nuint Session, nuint Key)> _sessions = new(); // by thread

    /// <summary>A POST on Kestrel, routed, body read.</summary>
    public async Task<WebApplication> StartKestrelAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapPost("/tsa", PostAsync);
        await app.StartAsync();
        return app;
    }

    public static Uri Address(WebApplication app) =>
        new(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/tsa");

    /// <summary>A blocking thread per connection, one recv and one send per request, no HTTP but the end of a head looked for: nothing is cheaper.</summary>
    public TcpListener StartSockets()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        new Thread(() => Accept(listener)) { IsBackground = true }.Start();
        return listener;
    }

    private void Sign() => loop.SignOnce(_sessions.GetOrAdd(Environment.CurrentManagedThreadId, _ => loop.OpenCopy(label)), rsa);

    private async Task PostAsync(HttpContext context)
    {
        ReadResult read;
        do
        {
            read = await context.Request.BodyReader.ReadAsync();
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        } while (!read.IsCompleted);

        Sign();
        context.Response.ContentType = ReplyType;
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer);
    }

    private void Accept(TcpListener listener)
    {
        try
        {
            while (true)
            {
                Socket connection = listener.AcceptSocket();
                new Thread(() => Serve(connection)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // stopped
        }
    }

    private void Serve(Socket connection)
    {
        using (connection)
        {
            connection.NoDelay = true;
            Answer(connection);
        }
    }

    private void Answer(Socket connection)
    {
        try
        {
            byte[] reply =
            [
                .. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {ReplyType}\r\nContent-Length: {answer.Length}\r\n\r\n"),
                .. answer,
            ];
            var request = new byte[4096];
            int have = 0;
            while (connection.Receive(request.AsSpan(have)) is > 0 and var count)
            {
                have += count;
                // wrk sends head and body in one piece
                if (request.AsSpan(0, have).IndexOf("\r\n\r\n"u8) >= 0)
                {
                    have = 0;
                    Sign();
                    connection.Send(reply);
                }
            }
        }
        catch (SocketException)
        {
            // wrk goes without a farewell
        }
    }
}
