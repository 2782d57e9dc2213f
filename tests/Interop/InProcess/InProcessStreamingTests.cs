using EContract.Interop.Tests.Probe;
using Grpc.Core;
using static EContract.Interop.Tests.InProcess.InProcessFixture;
using static EContract.Interop.Tests.Probe.ProbeMethods;

namespace EContract.Interop.Tests.InProcess;

public sealed class InProcessStreamingTests
{
    [Fact]
    public async Task Requests_arrive_in_order_and_the_one_response_comes_back()
    {
        var invoker = InProcessFixture.ClientStreaming(
            async (requests, _) =>
            {
                var all = new List<string>();
                while (await requests.MoveNext(CancellationToken.None))
                {
                    all.Add(requests.Current.Text());
                }

                return Message(string.Join(',', all));
            }
        );
        using var call = invoker.AsyncClientStreamingCall(ProbeMethods.ClientStreaming, null, default);
        for (var i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync(Message($"{i}"));
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(string.Join(',', Enumerable.Range(0, 20)), (await call).Text());
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(Message("late")));
    }

    [Fact]
    public async Task Responses_arrive_in_order_then_the_end_with_status_and_trailers()
    {
        var invoker = InProcessFixture.ServerStreaming(
            async (request, responses, context) =>
            {
                for (var i = 0; i < 20; i++)
                {
                    await responses.WriteAsync(Message(request.Text() + i));
                }

                context.ResponseTrailers.Add("count", "20");
            }
        );
        using var call = invoker.AsyncServerStreamingCall(ProbeMethods.ServerStreaming, null, default, Message("m"));

        var all = new List<string>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            all.Add(call.ResponseStream.Current.Text());
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"m{i}"), all);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("20", call.GetTrailers().GetValue("count"));
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task Messages_sent_before_an_error_are_delivered_before_it()
    {
        var invoker = InProcessFixture.ServerStreaming(
            async (_, responses, _) =>
            {
                await responses.WriteAsync(Message("one"));
                throw new RpcException(new Status(StatusCode.DataLoss, "then broke"));
            }
        );
        using var call = invoker.AsyncServerStreamingCall(ProbeMethods.ServerStreaming, null, default, Message("m"));

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("one", call.ResponseStream.Current.Text());
        await ThrowsRpcAsync(StatusCode.DataLoss, () => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.DataLoss, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_messages_play_ping_pong()
    {
        var invoker = InProcessFixture.Duplex(
            async (requests, responses, context) =>
            {
                await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
                {
                    await responses.WriteAsync(Message("re:" + request.Text()));
                }
            }
        );
        using var call = invoker.AsyncDuplexStreamingCall(ProbeMethods.Duplex, null, default);

        // Far more than the stack would bear if each message ran the other end's continuation inside its own.
        for (var i = 0; i < 20_000; i++)
        {
            await call.RequestStream.WriteAsync(Message($"{i}"));
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal($"re:{i}", call.ResponseStream.Current.Text());
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_writer_waits_when_the_reader_does_not_read()
    {
        var written = 0;
        var invoker = InProcessFixture.ServerStreaming(
            async (_, responses, context) =>
            {
                while (!context.CancellationToken.IsCancellationRequested)
                {
                    await responses.WriteAsync(Message("x"));
                    Interlocked.Increment(ref written);
                }
            }
        );

        // The handler runs on this thread until it has to wait: for ever, if nothing held it back.
        var call = invoker.AsyncServerStreamingCall(ProbeMethods.ServerStreaming, null, default, Message("m"));
        Assert.Equal(2, written);
        call.Dispose();

        await ThrowsRpcAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task A_request_writer_waits_when_the_handler_does_not_read()
    {
        var proceed = new TaskCompletionSource();
        var invoker = InProcessFixture.ClientStreaming(
            async (requests, _) =>
            {
                await proceed.Task;
                var count = 0;
                while (await requests.MoveNext(CancellationToken.None))
                {
                    count++;
                }

                return Message($"{count}");
            }
        );
        using var call = invoker.AsyncClientStreamingCall(ProbeMethods.ClientStreaming, null, default);

        await call.RequestStream.WriteAsync(Message("1"));
        await call.RequestStream.WriteAsync(Message("2"));
        var third = call.RequestStream.WriteAsync(Message("3"));
        Assert.False(third.IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(Message("4")));
        await Assert.ThrowsAsync<InvalidOperationException>(call.RequestStream.CompleteAsync);
        proceed.SetResult();
        await third;
        await call.RequestStream.CompleteAsync();

        Assert.Equal("3", (await call).Text());
    }

    [Fact]
    public async Task Cancelling_wakes_a_handler_that_waits_for_requests()
    {
        var handlerEnd = new TaskCompletionSource<Exception>();
        var invoker = InProcessFixture.Duplex(
            async (requests, _, _) =>
            {
                try
                {
                    await requests.MoveNext(CancellationToken.None);
                }
                catch (Exception e)
                {
                    handlerEnd.SetResult(e);
                    throw;
                }
            }
        );
        using var cancel = new CancellationTokenSource();
        using var call = invoker.AsyncDuplexStreamingCall(ProbeMethods.Duplex, null, new CallOptions(cancellationToken: cancel.Token));
        var read = call.ResponseStream.MoveNext(CancellationToken.None);

        await cancel.CancelAsync();

        await ThrowsRpcAsync(StatusCode.Cancelled, () => read);
        Assert.IsType<OperationCanceledException>(await handlerEnd.Task, exactMatch: false);
        await ThrowsRpcAsync(StatusCode.Cancelled, () => call.RequestStream.WriteAsync(Message("late")));
    }

    [Fact]
    public async Task A_token_given_to_MoveNext_cancels_the_call()
    {
        var invoker = InProcessFixture.Duplex((_, _, context) => Task.Delay(Timeout.Infinite, context.CancellationToken));
        using var cancel = new CancellationTokenSource();
        using var call = invoker.AsyncDuplexStreamingCall(ProbeMethods.Duplex, null, default);
        var read = call.ResponseStream.MoveNext(cancel.Token);

        await cancel.CancelAsync();

        await ThrowsRpcAsync(StatusCode.Cancelled, () => read);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_deadline_ends_a_stream_that_nobody_finished_reading()
    {
        var time = new ManualTime();
        var invoker = InProcessFixture.ServerStreaming((_, responses, _) => responses.WriteAsync(Message("one")), time);
        using var call = invoker.AsyncServerStreamingCall(
            ProbeMethods.ServerStreaming,
            null,
            new CallOptions(deadline: time.GetUtcNow().UtcDateTime.AddSeconds(1)),
            Message("m")
        );

        time.Advance(TimeSpan.FromSeconds(2));

        await ThrowsRpcAsync(StatusCode.DeadlineExceeded, () => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task Response_headers_come_with_the_first_message()
    {
        var proceed = new TaskCompletionSource();
        var invoker = InProcessFixture.ServerStreaming(
            async (_, responses, context) =>
            {
                await context.WriteResponseHeadersAsync(new Metadata { { "initial", "1" } });
                await responses.WriteAsync(Message("one"));
                await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]));
                await proceed.Task;
            }
        );
        using var call = invoker.AsyncServerStreamingCall(ProbeMethods.ServerStreaming, null, default, Message("m"));

        Assert.Equal("1", (await call.ResponseHeadersAsync).GetValue("initial"));
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
        proceed.SetResult();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_ends_early_makes_writing_fail()
    {
        var invoker = InProcessFixture.Duplex((_, _, _) => Task.CompletedTask);
        using var call = invoker.AsyncDuplexStreamingCall(ProbeMethods.Duplex, null, default);

        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(Message("late")));
    }

    [Fact]
    public async Task Streams_are_closed_to_the_handler_after_it_returned()
    {
        IServerStreamWriter<Google.Protobuf.WellKnownTypes.BytesValue>? leaked = null;
        var invoker = InProcessFixture.ServerStreaming(
            (_, responses, _) =>
            {
                leaked = responses;
                return Task.CompletedTask;
            }
        );
        using var call = invoker.AsyncServerStreamingCall(ProbeMethods.ServerStreaming, null, default, Message("m"));
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));

        await Assert.ThrowsAsync<InvalidOperationException>(() => leaked!.WriteAsync(Message("late")));
    }
}
