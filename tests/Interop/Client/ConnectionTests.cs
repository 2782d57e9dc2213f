using System.Net;
using System.Net.Sockets;
using EContract.Grpc.Client;
using EContract.Interop.Tests.Probe;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using static EContract.Interop.Tests.Client.HostileServerTests;

namespace EContract.Interop.Tests.Client;

/// <summary>Connections that fail, go away and come back.</summary>
public sealed class ConnectionTests
{
    private static readonly BytesValue Request = ProbeMethods.Message("ping");

    [Fact]
    public async Task A_channel_outlives_a_restart_of_its_server()
    {
        var port = FreePort();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        for (var i = 0; i < 2; i++)
        {
            await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
            await using var server = await ScriptedServer.StartAsync((context, _) => context.AnswerAsync(Answers.Frame($"life {i}")), port);
            Assert.Equal($"life {i}", (await CallAsync(channel)).Text());
        }
    }

    [Fact]
    public async Task A_call_that_waits_for_ready_is_made_when_the_server_is_up()
    {
        var port = FreePort();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        using var waiting = channel
            .CreateCallInvoker()
            .AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions().WithWaitForReady(), Request);
        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
        Assert.False(waiting.ResponseAsync.IsCompleted);

        await using var server = await ScriptedServer.StartAsync((context, _) => context.AnswerAsync(Answers.Frame("up")), port);

        Assert.Equal("up", (await waiting).Text());
    }

    [Fact]
    public async Task A_call_that_waits_for_ready_keeps_its_deadline()
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{FreePort()}");
        var options = new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(200)).WithWaitForReady();

        await FailsAsync(
            StatusCode.DeadlineExceeded,
            () => channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, options, Request).ResponseAsync
        );
    }

    [Fact]
    public async Task Calls_lost_with_their_connection_are_UNAVAILABLE_and_the_next_one_works()
    {
        await using var server = new RawServer();
        using var channel = GrpcChannel.ForAddress(server.Address);

        // Connection 1: the headers of the answer and part of a message, then the connection is gone.
        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel, () => server.AcceptAsync(RawServer.DropMidMessage)));

        // Connection 2: GOAWAY after the answer; connection 3 serves what follows.
        Assert.Equal("2", (await CallAsync(channel, () => server.AcceptAsync(RawServer.AnswerAndGoAway("2")))).Text());
        Assert.Equal("3", (await CallAsync(channel, () => server.AcceptAsync(RawServer.AnswerAndGoAway("3")))).Text());
    }

    [Fact]
    public async Task A_server_that_speaks_something_else_is_INTERNAL()
    {
        await using var server = new RawServer();
        using var channel = GrpcChannel.ForAddress(server.Address);

        await FailsAsync(
            StatusCode.Internal,
            () =>
                CallAsync(
                    channel,
                    () => server.AcceptAsync((stream, _) => stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()).AsTask())
                )
        );
    }

    [Fact]
    public async Task A_connection_that_takes_too_long_is_UNAVAILABLE_and_waited_for_if_asked()
    {
        using var never = GrpcChannel.ForAddress("http://slow", new GrpcChannelOptions { HttpHandler = new SlowToConnect(int.MaxValue) });
        await FailsAsync(StatusCode.Unavailable, () => CallAsync(never));

        await using var server = await ScriptedServer.StartAsync(context => context.AnswerAsync(Answers.Frame("answer")));
        var handler = new SlowToConnect(2);
        using var patient = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpHandler = handler });
        using var call = patient
            .CreateCallInvoker()
            .AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions().WithWaitForReady(), Request);
        Assert.Equal("answer", (await call).Text());
        Assert.Equal(3, handler.Attempts);
    }

    [Fact]
    public async Task A_call_that_is_over_before_it_begins_sends_nothing()
    {
        var handler = new SlowToConnect(int.MaxValue);
        using var channel = GrpcChannel.ForAddress("http://slow", new GrpcChannelOptions { HttpHandler = handler });
        var invoker = channel.CreateCallInvoker();
        var late = new CallOptions(deadline: DateTime.UtcNow.AddSeconds(-1));
        var cancelled = new CallOptions(cancellationToken: new CancellationToken(true));

        await FailsAsync(StatusCode.DeadlineExceeded, () => invoker.AsyncUnaryCall(ProbeMethods.Unary, null, late, Request).ResponseAsync);
        await FailsAsync(StatusCode.Cancelled, () => invoker.AsyncUnaryCall(ProbeMethods.Unary, null, cancelled, Request).ResponseAsync);
        Assert.Equal(0, handler.Attempts);
    }

    [Fact]
    public async Task A_channel_that_is_disposed_of_cancels_its_calls_and_takes_no_more()
    {
        await using var server = await ScriptedServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var channel = GrpcChannel.ForAddress(server.Address);
        var call = CallAsync(channel);

        await channel.ShutdownAsync();

        await FailsAsync(StatusCode.Cancelled, () => call);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => CallAsync(channel));
    }

    [Fact]
    public async Task Call_credentials_add_metadata_but_never_in_clear_text()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.AnswerAsync(Answers.Frame("answer")));
        using var channel = GrpcChannel.ForAddress(server.Address);
        var credentials = CallCredentials.FromInterceptor(
            (_, metadata) =>
            {
                metadata.Add("authorization", "secret");
                return Task.CompletedTask;
            }
        );

        await FailsAsync(
            StatusCode.Unauthenticated,
            () =>
                channel
                    .CreateCallInvoker()
                    .AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(credentials: credentials), Request)
                    .ResponseAsync
        );
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://127.0.0.1/path")]
    [InlineData("http://127.0.0.1?x")]
    public void An_address_is_scheme_host_and_port(string address) =>
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress(address));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<BytesValue> CallAsync(GrpcChannel channel, Func<Task>? serve = null)
    {
        var serving = serve?.Invoke();
        try
        {
            return await channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, default, Request);
        }
        finally
        {
            await (serving ?? Task.CompletedTask);
        }
    }

    /// <summary>Gives up connecting a number of times, as the real handler does after its connect timeout.</summary>
    private sealed class SlowToConnect(int times) : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Attempts { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            ++Attempts <= times
                ? throw new TaskCanceledException("", new TimeoutException("connect timeout"))
                : base.SendAsync(request, cancellationToken);
    }
}
