using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;
using Xunit;

namespace EContract.Grpc.Tests.Server;

public sealed class StreamingTests
{
    // A wait that takes this long is a hang, and fails rather than blocks the run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ProbeService _probe = new();

    [Fact]
    public async Task Client_streaming_takes_many_and_gives_one()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        using var call = await client.OpenAsync(ProbeService.ClientStreaming);
        foreach (var size in new[] { 27182, 8, 1828, 45904 })
        {
            await call.WriteAsync(new StreamingInputCallRequest { Payload = WireClient.Request(size).Payload });
        }

        var answer = await call.FinishAsync();
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(74922, StreamingInputCallResponse.Parser.ParseFrom(Assert.Single(answer.Messages).Payload).AggregatedPayloadSize);
    }

    [Fact]
    public async Task Duplex_messages_pass_each_other()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        using var call = await client.OpenAsync(ProbeService.Duplex);
        for (var size = 1; size < 100_000; size *= 7)
        {
            await call.WriteAsync(new StreamingOutputCallRequest { Payload = WireClient.Request(size).Payload });
            Assert.Equal(size, StreamingOutputCallResponse.Parser.ParseFrom(await call.ReadAsync()).Payload.Body.Length);
        }

        call.HalfClose();
        Assert.Null(await call.ReadAsync());
        Assert.Equal("0", (await call.Response).TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_the_writer_back()
    {
        var written = 0;
        var stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new StreamingOutputCallResponse { Payload = new Payload { Body = ByteString.CopyFrom(new byte[50_000]) } };
        _probe.OnServerStreaming = async (_, responses, context) =>
        {
            while (true)
            {
                var write = responses.WriteAsync(message);
                if (!write.IsCompleted)
                {
                    // Not at once; whether it completes at all is up to the client.
                    var yielded = Task.Delay(500, context.CancellationToken);
                    if (await Task.WhenAny(write, yielded) == yielded)
                    {
                        stuck.TrySetResult();
                    }

                    await write;
                }

                Interlocked.Increment(ref written);
            }
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var handler = new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 };
        using var client = new WireClient(host.Address, handler);
        using var call = await client.OpenAsync(ProbeService.ServerStreaming);
        await call.WriteAsync(new StreamingOutputCallRequest());
        call.HalfClose();
        await call.Response;
        await stuck.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.InRange(Volatile.Read(ref written), 0, 200);
        call.Cancel();
    }

    [Fact]
    public async Task A_handler_that_does_not_read_holds_the_client_back()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _probe.OnDuplex = async (_, responses, context) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            context.CancellationToken.Register(() => cancelled.TrySetResult());
            await cancelled.Task;
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        using var call = await client.OpenAsync(ProbeService.Duplex);
        await call.ReadAsync();

        var frame = WireClient.Frame(WireClient.Request(100_000));
        var sent = 0;
        while (sent < 1000)
        {
            var write = call.WriteAsync(frame);
            if (await Task.WhenAny(write, Task.Delay(1000, TestContext.Current.CancellationToken)) != write)
            {
                break;
            }

            sent++;
        }

        // The stream's window is 1 MB, and it is not refilled.
        Assert.InRange(sent, 0, 40);
        call.Cancel();
        await cancelled.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(ProbeService.Duplex)]
    [InlineData(ProbeService.Unary)]
    public async Task A_client_that_cancels_cancels_the_token(string path)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task WaitAsync(ServerCallContext context)
        {
            begun.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
            finally
            {
                cancelled.SetResult();
            }
        }

        _probe.OnDuplex = (_, _, context) => WaitAsync(context);
        _probe.OnUnary = async (_, context) =>
        {
            await WaitAsync(context);
            return new SimpleResponse();
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        using var call = await client.OpenAsync(path);
        await call.WriteAsync(new SimpleRequest());
        call.HalfClose();
        await begun.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        call.Cancel();
        await cancelled.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_read_under_way_ends_when_the_client_cancels()
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _probe.OnDuplex = async (requests, responses, _) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            ended.SetResult(await Record.ExceptionAsync(() => requests.MoveNext()));
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        using var call = await client.OpenAsync(ProbeService.Duplex);
        await call.ReadAsync();
        call.Cancel();
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_write_and_one_read_at_a_time()
    {
        _probe.OnDuplex = async (requests, responses, _) =>
        {
            var read = requests.MoveNext();
            await Assert.ThrowsAsync<InvalidOperationException>(() => requests.MoveNext());
            await responses.WriteAsync(new StreamingOutputCallResponse());
            Assert.True(await read);
            Assert.False(await requests.MoveNext());
            Assert.False(await requests.MoveNext());
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        using var call = await client.OpenAsync(ProbeService.Duplex);
        await call.ReadAsync();
        await call.WriteAsync(new StreamingOutputCallRequest());
        call.HalfClose();
        Assert.Null(await call.ReadAsync());
        Assert.Equal("0", (await call.Response).TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Headers_that_the_handler_did_not_await_are_sent_before_the_response()
    {
        _probe.OnUnary = (request, context) =>
        {
            _ = context.WriteResponseHeadersAsync(new Metadata { { "early", "yes" } });
            return Task.FromResult(new SimpleResponse { Username = "later" });
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.Equal("yes", answer.Header("early"));
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Single(answer.Messages);
    }

    [Fact]
    public async Task A_write_that_its_handler_gives_up_ends_the_stream()
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _probe.OnServerStreaming = async (_, responses, _) =>
        {
            using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            var message = new StreamingOutputCallResponse { Payload = WireClient.Request(500_000).Payload };
            var thrown = await Record.ExceptionAsync(async () =>
            {
                while (true)
                {
                    await responses.WriteAsync(message, impatient.Token);
                }
            });
            ended.SetResult(thrown);
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        using var call = await client.OpenAsync(ProbeService.ServerStreaming);
        await call.WriteAsync(new StreamingOutputCallRequest());
        call.HalfClose();
        await call.Response;
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.NotNull(
            await Record.ExceptionAsync(async () =>
            {
                while (await call.ReadAsync() is not null) { }
            })
        );
    }

    [Fact]
    public async Task A_write_that_the_handler_did_not_await_is_sent_before_the_status()
    {
        _probe.OnServerStreaming = (_, responses, _) =>
        {
            _ = responses.WriteAsync(new StreamingOutputCallResponse { Payload = WireClient.Request(200_000).Payload });
            return Task.CompletedTask;
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.ServerStreaming, new Empty());
        Assert.Single(answer.Messages);
        Assert.Equal(StatusCode.OK, answer.Status);
    }
}
