using EContract.Grpc.InProcess;
using EContract.Interop.Tests.Probe;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using static EContract.Interop.Tests.InProcess.InProcessFixture;
using static EContract.Interop.Tests.Probe.ProbeMethods;

namespace EContract.Interop.Tests.InProcess;

public sealed class InProcessUnaryTests
{
    private static readonly BytesValue Request = Message("ping");

    [Fact]
    public async Task A_call_returns_what_the_handler_returns_with_headers_and_trailers()
    {
        var invoker = Unary(
            async (request, context) =>
            {
                Assert.Equal("/probe.Probe/Unary", context.Method);
                Assert.Equal("v", context.RequestHeaders.GetValue("k"));
                Assert.Equal([0, 255], context.RequestHeaders.GetValueBytes("k-bin")!);
                await context.WriteResponseHeadersAsync(new Metadata { { "initial", "1" } });
                context.ResponseTrailers.Add("trailing-bin", [1, 2]);
                return Message(request.Text() + "!");
            }
        );

        using var call = invoker.AsyncUnaryCall(
            ProbeMethods.Unary,
            null,
            new CallOptions(new Metadata { { "k", "v" }, { "k-bin", [0, 255] } }),
            Request
        );

        Assert.Equal("ping!", (await call).Text());
        Assert.Equal("1", (await call.ResponseHeadersAsync).GetValue("initial"));
        Assert.Equal(Status.DefaultSuccess, call.GetStatus());
        Assert.Equal([1, 2], call.GetTrailers().GetValueBytes("trailing-bin")!);
    }

    [Fact]
    public void A_blocking_call_returns_the_response() =>
        Assert.Equal(
            "ping",
            Unary((request, _) => Task.FromResult(request)).BlockingUnaryCall(ProbeMethods.Unary, null, default, Request).Text()
        );

    [Fact]
    public async Task Neither_end_sees_changes_that_the_other_makes_to_a_message()
    {
        var kept = Message("answer");
        BytesValue? received = null;
        var invoker = Unary(
            (request, _) =>
            {
                received = request;
                request.Value = ByteString.CopyFromUtf8("changed by the server");
                return Task.FromResult(kept);
            }
        );
        var request = Message("ping");

        var response = await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, request);
        response.Value = ByteString.Empty;

        Assert.NotSame(request, received);
        Assert.Equal("ping", request.Text());
        Assert.Equal("answer", kept.Text());
    }

    [Fact]
    public async Task Metadata_changed_after_the_call_began_is_not_seen()
    {
        var proceed = new TaskCompletionSource();
        var invoker = Unary(
            async (request, context) =>
            {
                await proceed.Task;
                return Message(context.RequestHeaders.Count.ToString());
            }
        );
        var headers = new Metadata { { "a", "1" } };

        using var call = invoker.AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(headers), Request);
        headers.Add("b", "2");
        proceed.SetResult();

        Assert.Equal("1", (await call).Text());
    }

    [Fact]
    public async Task The_protocols_own_headers_are_not_metadata()
    {
        var invoker = Unary((_, context) => Task.FromResult(Message(string.Join(',', context.RequestHeaders.Select(entry => entry.Key)))));
        var headers = new Metadata
        {
            { "grpc-timeout", "1S" },
            { "content-type", "text/plain" },
            { "mine", "1" },
        };

        Assert.Equal("mine", (await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(headers), Request)).Text());
    }

    [Fact]
    public void Metadata_that_no_header_could_carry_is_refused() =>
        Assert.Equal(
            StatusCode.Internal,
            Assert
                .Throws<RpcException>(() =>
                    Unary((request, _) => Task.FromResult(request))
                        .AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(new Metadata { { "k", "日本" } }), Request)
                )
                .StatusCode
        );

    [Fact]
    public async Task A_status_thrown_by_the_handler_arrives_with_its_trailers()
    {
        var invoker = Unary(
            (_, context) =>
            {
                context.ResponseTrailers.Add("a", "1");
                throw new RpcException(new Status(StatusCode.FailedPrecondition, "locked ☺"), new Metadata { { "b", "2" } });
            }
        );
        using var call = invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, Request);

        var failure = await ThrowsRpcAsync(StatusCode.FailedPrecondition, async () => await call);

        Assert.Equal("locked ☺", failure.Status.Detail);
        Assert.Equal(["a", "b"], failure.Trailers.Select(entry => entry.Key));
        Assert.Equal(failure.Status, call.GetStatus());
        Assert.Empty(await call.ResponseHeadersAsync);
    }

    [Fact]
    public async Task A_status_set_by_the_handler_ends_the_call_with_it()
    {
        var invoker = Unary(
            (request, context) =>
            {
                context.Status = new Status(StatusCode.Aborted, "lost the race");
                return Task.FromResult(request);
            }
        );

        var failure = await ThrowsRpcAsync(
            StatusCode.Aborted,
            async () => await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, Request)
        );
        Assert.Equal("lost the race", failure.Status.Detail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_other_exception_is_INTERNAL_and_tells_nothing(bool yields)
    {
        var invoker = Unary(
            async (request, _) =>
            {
                if (yields)
                {
                    await Task.Yield();
                }

                throw new InvalidOperationException("PIN 4711");
            }
        );

        var failure = await ThrowsRpcAsync(
            StatusCode.Internal,
            async () => await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, Request)
        );
        Assert.DoesNotContain("4711", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_without_a_response_is_INTERNAL() =>
        await ThrowsRpcAsync(
            StatusCode.Internal,
            async () => await Unary((_, _) => Task.FromResult<BytesValue>(null!)).AsyncUnaryCall(ProbeMethods.Unary, null, default, Request)
        );

    [Fact]
    public async Task The_deadline_ends_the_call_for_both_ends_and_reaches_the_handler()
    {
        var time = new ManualTime();
        var deadline = time.GetUtcNow().UtcDateTime.AddSeconds(5);
        var handlerCancelled = new TaskCompletionSource();
        var invoker = Unary(
            async (request, context) =>
            {
                Assert.Equal(deadline, context.Deadline);
                context.CancellationToken.Register(handlerCancelled.SetResult);
                await handlerCancelled.Task;
                return request;
            },
            time
        );
        using var call = invoker.AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(deadline: deadline), Request);

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(call.ResponseAsync.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await ThrowsRpcAsync(StatusCode.DeadlineExceeded, async () => await call);
        await ThrowsRpcAsync(StatusCode.DeadlineExceeded, async () => await call.ResponseHeadersAsync);
        await handlerCancelled.Task;
        Assert.Equal(0, time.ArmedTimers);
    }

    [Fact]
    public async Task A_deadline_months_away_is_kept()
    {
        var time = new ManualTime();
        var invoker = Unary((_, context) => new TaskCompletionSource<BytesValue>().Task.WaitAsync(context.CancellationToken), time);
        using var call = invoker.AsyncUnaryCall(
            ProbeMethods.Unary,
            null,
            new CallOptions(deadline: time.GetUtcNow().UtcDateTime.AddDays(100)),
            Request
        );

        time.Advance(TimeSpan.FromDays(60));
        time.Advance(TimeSpan.FromDays(39));
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        time.Advance(TimeSpan.FromDays(1));

        await ThrowsRpcAsync(StatusCode.DeadlineExceeded, async () => await call);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_does_not_reach_the_handler()
    {
        var called = false;
        var invoker = Unary(
            (request, _) =>
            {
                called = true;
                return Task.FromResult(request);
            }
        );

        await ThrowsRpcAsync(
            StatusCode.DeadlineExceeded,
            async () =>
                await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(-1)), Request)
        );
        Assert.False(called);
    }

    [Fact]
    public void A_deadline_in_local_time_is_a_mistake() =>
        Assert.Throws<InvalidOperationException>(() =>
            Unary((request, _) => Task.FromResult(request))
                .AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(deadline: new DateTime(2030, 1, 1)), Request)
        );

    [Fact]
    public async Task Cancelling_ends_the_call_even_if_the_handler_does_not_care()
    {
        using var cancel = new CancellationTokenSource();
        var never = new TaskCompletionSource<BytesValue>();
        CancellationToken seen = default;
        var invoker = Unary(
            (_, context) =>
            {
                seen = context.CancellationToken;
                return never.Task;
            }
        );
        using var call = invoker.AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(cancellationToken: cancel.Token), Request);

        await cancel.CancelAsync();

        await ThrowsRpcAsync(StatusCode.Cancelled, async () => await call);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        Assert.True(seen.IsCancellationRequested);
    }

    [Fact]
    public async Task A_token_cancelled_before_does_not_reach_the_handler()
    {
        var called = false;
        var invoker = Unary(
            (request, _) =>
            {
                called = true;
                return Task.FromResult(request);
            }
        );

        await ThrowsRpcAsync(
            StatusCode.Cancelled,
            async () =>
                await invoker.AsyncUnaryCall(
                    ProbeMethods.Unary,
                    null,
                    new CallOptions(cancellationToken: new CancellationToken(true)),
                    Request
                )
        );
        Assert.False(called);
    }

    [Fact]
    public async Task Disposing_of_a_call_cancels_it()
    {
        var invoker = Unary((_, _) => new TaskCompletionSource<BytesValue>().Task);
        var call = invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, Request);

        call.Dispose();

        await ThrowsRpcAsync(StatusCode.Cancelled, async () => await call);
    }

    [Fact]
    public async Task Deadline_and_cancellation_of_a_served_call_reach_the_calls_it_makes()
    {
        var deadline = DateTime.UtcNow.AddHours(1);
        var innerSeen = new TaskCompletionSource<CancellationToken>();
        var inner = Unary(
            (_, context) =>
            {
                Assert.Equal(deadline, context.Deadline);
                innerSeen.SetResult(context.CancellationToken);
                return new TaskCompletionSource<BytesValue>().Task;
            }
        );
        var outer = Unary(
            async (request, context) =>
                await inner.AsyncUnaryCall(
                    ProbeMethods.Unary,
                    null,
                    new CallOptions(propagationToken: context.CreatePropagationToken()),
                    request
                )
        );
        var call = outer.AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(deadline: deadline), Request);
        var innerToken = await innerSeen.Task;
        var innerCancelled = new TaskCompletionSource();
        innerToken.Register(innerCancelled.SetResult);

        call.Dispose();

        await innerCancelled.Task;
    }

    [Fact]
    public async Task The_caller_is_named_to_the_handler()
    {
        var identity = new object();
        var server = ServerOf(builder =>
            builder.AddMethod(
                ProbeMethods.Unary,
                (request, context) =>
                {
                    Assert.True(context.AuthContext.IsPeerAuthenticated);
                    Assert.Equal("signer", context.AuthContext.PeerIdentity.Single().Value);
                    Assert.Equal("inprocess:signer", context.Peer);
                    Assert.Same(identity, context.UserState["caller"]);
                    return Task.FromResult(request);
                }
            )
        );
        using var channel = server.CreateChannel(
            new InProcessCaller("signer") { UserState = new Dictionary<object, object> { ["caller"] = identity } }
        );

        Assert.Equal("ping", (await channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, default, Request)).Text());
    }

    [Fact]
    public async Task Unknown_methods_and_services_are_UNIMPLEMENTED()
    {
        var invoker = Unary((request, _) => Task.FromResult(request));
        var otherMethod = new Method<BytesValue, BytesValue>(
            MethodType.Unary,
            Service,
            "Other",
            ProbeMethods.Unary.RequestMarshaller,
            ProbeMethods.Unary.ResponseMarshaller
        );
        var otherService = new Method<BytesValue, BytesValue>(
            MethodType.Unary,
            "probe.Other",
            "Unary",
            ProbeMethods.Unary.RequestMarshaller,
            ProbeMethods.Unary.ResponseMarshaller
        );

        await ThrowsRpcAsync(StatusCode.Unimplemented, async () => await invoker.AsyncUnaryCall(otherMethod, null, default, Request));
        await ThrowsRpcAsync(StatusCode.Unimplemented, async () => await invoker.AsyncUnaryCall(otherService, null, default, Request));
    }

    [Fact]
    public async Task A_server_that_shuts_down_finishes_what_runs_and_refuses_what_comes()
    {
        var proceed = new TaskCompletionSource();
        var server = ServerOf(builder =>
            builder.AddMethod(
                ProbeMethods.Unary,
                async (request, _) =>
                {
                    await proceed.Task;
                    return request;
                }
            )
        );
        using var channel = server.CreateChannel(new InProcessCaller("tester"));
        var invoker = channel.CreateCallInvoker();
        using var running = invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, Request);

        var shutdown = server.ShutdownAsync();
        Assert.False(shutdown.IsCompleted);
        await ThrowsRpcAsync(StatusCode.Unavailable, async () => await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, Request));
        proceed.SetResult();

        await shutdown;
        Assert.Equal("ping", (await running).Text());
    }

    [Fact]
    public async Task Disposing_of_the_channel_cancels_its_calls()
    {
        var server = ServerOf(builder =>
            builder.AddMethod(
                ProbeMethods.Unary,
                new UnaryServerMethod<BytesValue, BytesValue>((_, _) => new TaskCompletionSource<BytesValue>().Task)
            )
        );
        var channel = server.CreateChannel(new InProcessCaller("tester"));
        var invoker = channel.CreateCallInvoker();
        using var call = invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, Request);

        channel.Dispose();

        await ThrowsRpcAsync(StatusCode.Cancelled, async () => await call);
        Assert.Throws<ObjectDisposedException>(() => invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, Request));
    }
}
