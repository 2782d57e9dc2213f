using System.Net;
using System.Net.Sockets;
using System.Text;
using EContract.Hosting.PlainHttp;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EContract.Hosting.Tests.PlainHttp;

/// <summary>No connection keeps another from being served: neither a flood, nor a slow reader, nor an answer that hangs, nor the stop.</summary>
public sealed class PlainConnectionTests
{
    // What idles in a test idles because the machine is slow.
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

    [Fact]
    public async Task Connections_beyond_the_bound_are_Kestrels()
    {
        await using var host = await PlainHost.StartAsync(new PlainHttpOptions { MaxConnections = 4, IdleTime = Forever });
        var sockets = new List<Socket>();
        for (var i = 0; i < 20; i++)
        {
            sockets.Add(await host.ConnectAsync());
            await AskAsync(sockets[^1], $"<{i}>");
            Assert.Equal(Math.Min(i + 1, 4), host.Connections.Count);
        }

        Assert.Equal(4, host.Route.Answered);
        sockets.ForEach(socket => socket.Dispose());
        await PlainHost.UntilAsync(() => host.Connections.Count == 0);
    }

    [Fact]
    public async Task A_slow_reader_holds_up_nobody_and_loses_nothing()
    {
        const int Requests = 3;
        const int Repeat = 5000; // 10 MB: more than the kernel keeps of an answer
        await using var host = await PlainHost.StartAsync(
            new PlainHttpOptions { IdleTime = Forever, SendTimeout = Forever },
            threads: 1,
            repeat: Repeat
        );
        using var slow = await host.ConnectAsync(receiveBuffer: 64 * 1024);
        await slow.SendAsync(Enumerable.Range(0, Requests).SelectMany(i => PlainHost.Post(Body(i))).ToArray());
        await PlainHost.UntilAsync(() => host.Route.Answered == 1);

        // Its first answer fills all buffers, and the one thread leaves it alone.
        using var other = await host.ConnectAsync();
        await AskAsync(other, "abc", Repeat);
        Assert.Equal(2, host.Route.Answered);

        await using var stream = new NetworkStream(slow);
        for (var i = 0; i < Requests; i++)
        {
            Assert.Equal(Repeated(Body(i), Repeat), await ReadAnswerAsync(stream));
        }

        static string Body(int i) => $"<{i}>".PadRight(EchoRoute.MaxBody, '.');
    }

    [Fact]
    public async Task While_every_thread_hangs_the_others_are_served_and_afterwards_all_is_as_before()
    {
        using var hang = new ManualResetEventSlim();
        using var hanging = new CountdownEvent(2);
        await using var host = await PlainHost.StartAsync(
            new PlainHttpOptions { IdleTime = Forever },
            body =>
            {
                if (body.AsSpan().SequenceEqual("hang"u8))
                {
                    hanging.Signal();
                    hang.Wait();
                }
            }
        );
        using var early = await host.ConnectAsync();
        await PlainHost.UntilAsync(() => host.Connections.Count == 1);
        using var first = await host.ConnectAsync();
        using var second = await host.ConnectAsync();
        await first.SendAsync(PlainHost.Post("hang"));
        await second.SendAsync(PlainHost.Post("hang"));
        await Task.Run(hanging.Wait, TestContext.Current.CancellationToken);

        // one that was connected before, one that comes now, and a time-stamp's like
        await early.SendAsync("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await using (var stream = new NetworkStream(early))
        {
            Assert.Equal("alive", await ReadAnswerAsync(stream));
        }

        Assert.EndsWith(
            "alive\r\n0\r\n\r\n",
            await host.ExchangeAsync("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()),
            StringComparison.Ordinal
        );
        Assert.Contains("\r\n\r\nabcHTTP/1.1 200 OK\r\n", await host.ExchangeAsync(PlainHost.Post("abc")), StringComparison.Ordinal);
        Assert.Equal(0, host.Route.Answered);

        hang.Set();
        foreach (var socket in (Socket[])[first, second])
        {
            await using var stream = new NetworkStream(socket);
            Assert.Equal("hang", await ReadAnswerAsync(stream));
        }

        await PlainHost.UntilAsync(() => !host.Connections.IsStalled);
        Assert.Contains("\r\n\r\nabcHTTP/1.1 200 OK\r\n", await host.ExchangeAsync(PlainHost.Post("abc")), StringComparison.Ordinal);
        Assert.Equal(3, host.Route.Answered);
    }

    [Fact]
    public async Task A_stop_lets_an_answer_be_finished_and_closes_the_rest()
    {
        using var go = new ManualResetEventSlim();
        using var answering = new ManualResetEventSlim();
        await using var host = await PlainHost.StartAsync(
            new PlainHttpOptions { IdleTime = Forever },
            _ =>
            {
                answering.Set();
                go.Wait();
            }
        );
        using var idle = await host.ConnectAsync();
        using var busy = await host.ConnectAsync();
        await busy.SendAsync(PlainHost.Post("abc"));
        await Task.Run(answering.Wait, TestContext.Current.CancellationToken);
        await PlainHost.UntilAsync(() => host.Connections.Count == 2);

        var stopping = host.StopAsync();
        await PlainHost.UntilAsync(() => host.Connections.IsStopping && host.Connections.Count == 1);
        Assert.False(stopping.IsCompleted);
        go.Set();
        Assert.EndsWith("\r\n\r\nabc", await PlainHost.ReadToEndAsync(busy), StringComparison.Ordinal);
        Assert.Equal("", await PlainHost.ReadToEndAsync(idle));
        await stopping;
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(IPAddress.Loopback, host.Port));
    }

    [Fact]
    public async Task An_idle_connection_is_Kestrels_and_goes_on()
    {
        await using var host = await PlainHost.StartAsync(new PlainHttpOptions { IdleTime = TimeSpan.Zero });
        using var socket = await host.ConnectAsync();
        await AskAsync(socket, "abc");
        await PlainHost.UntilAsync(() => host.Connections.Count == 0);
        await AskAsync(socket, "abc");
    }

    [Fact]
    public async Task What_fails_in_front_is_done_by_Kestrel()
    {
        await using var host = await PlainHost.StartAsync(
            new PlainHttpOptions { IdleTime = Forever },
            _ => throw new InvalidOperationException("broken")
        );
        Assert.Contains("\r\n\r\nabcHTTP/1.1 200 OK\r\n", await host.ExchangeAsync(PlainHost.Post("abc")), StringComparison.Ordinal);
        Assert.Equal(0, host.Route.Answered);
    }

    [Fact]
    public void Only_an_address_that_is_declared_plain_is()
    {
        var plain = new PlainHttpEndPoint(IPAddress.Loopback, 0);
        Assert.Equal(OperatingSystem.IsLinux(), Make([new EchoRoute(_ => { }, 1)], null).CanBind(plain));
        Assert.Equal(OperatingSystem.IsLinux(), Make([new EchoRoute(_ => { }, 1)], "*").CanBind(plain));
        Assert.False(Make([new EchoRoute(_ => { }, 1)], null).CanBind(new IPEndPoint(IPAddress.Loopback, 0)));
        Assert.False(Make([new EchoRoute(_ => { }, 1)], "tsa.example.jp").CanBind(plain));
        Assert.False(Make([], null).CanBind(plain));
    }

    private static PlainHttpTransport Make(PlainRoute[] routes, string? allowedHosts)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["AllowedHosts"] = allowedHosts }).Build()
        );
        services.AddLogging();
        services.AddOptions<KestrelServerOptions>();
        services.AddPlainHttp(_ => new PlainRoutes(routes, 2));
        using var provider = services.BuildServiceProvider();
        return (PlainHttpTransport)provider.GetRequiredService<IConnectionListenerFactory>();
    }

    private static string Repeated(string body, int repeat) => string.Concat(Enumerable.Repeat(body, repeat));

    private static async Task AskAsync(Socket socket, string body, int repeat = 1)
    {
        await socket.SendAsync(PlainHost.Post(body));
        await using var stream = new NetworkStream(socket);
        Assert.Equal(Repeated(body, repeat), await ReadAnswerAsync(stream));
    }

    // The body of one answer that has a length, or one chunk.
    private static async Task<string> ReadAnswerAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var octet = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(octet);
            head.Append((char)octet[0]);
        }

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head.ToString(), StringComparison.Ordinal);
        var line = head.ToString().Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        if (line is null)
        {
            var chunk = new byte["5\r\nalive\r\n0\r\n\r\n".Length];
            await stream.ReadExactlyAsync(chunk);
            return Encoding.ASCII.GetString(chunk, 3, 5);
        }

        var body = new byte[int.Parse(line.AsSpan("Content-Length: ".Length), System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return Encoding.ASCII.GetString(body);
    }
}
