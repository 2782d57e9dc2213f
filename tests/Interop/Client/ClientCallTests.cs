using EContract.Grpc.Client;
using EContract.Grpc.Wire;
using EContract.Interop.Tests.Probe;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using static EContract.Interop.Tests.Client.HostileServerTests;

namespace EContract.Interop.Tests.Client;

/// <summary>What a call sends, what it tells of itself, and that writers wait for slow readers.</summary>
public sealed class ClientCallTests
{
    private static readonly BytesValue Request = ProbeMethods.Message("ping");

    [Fact]
    public async Task A_request_has_the_headers_of_the_protocol_and_those_of_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.AnswerAsync(Answers.Frame("answer")));
        using var channel = GrpcChannel.ForAddress(server.Address);
        var metadata = new Metadata
        {
            { "k", "v" },
            { "k", "w" },
            { "k-bin", [0, 255] },
            { "grpc-timeout", "1H" },
            { "te", "gzip" },
        };
        var options = new CallOptions(metadata, DateTime.UtcNow.AddSeconds(30));

        await channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, "other.example", options, Request);

        var headers = server.Requests.Single();
        Assert.Equal("application/grpc", headers.ContentType.ToString());
        Assert.Equal("trailers", headers.TE.ToString());
        Assert.Equal("identity,gzip", headers["grpc-accept-encoding"].ToString());
        Assert.Equal("other.example", headers.Host.ToString());
        Assert.Equal(["v", "w"], headers["k"].SelectMany(value => value!.Split(',', StringSplitOptions.TrimEntries)));
        Assert.Equal("AP8", headers["k-bin"].ToString());
        Assert.True(GrpcTimeout.TryParse(headers["grpc-timeout"].ToString(), out var timeout));
        Assert.InRange(timeout, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.False(headers.ContainsKey("grpc-encoding"));
        Assert.False(headers.ContainsKey("grpc-previous-rpc-attempts"));
    }

    [Fact]
    public async Task Headers_come_before_messages_and_trailers_after_them()
    {
        var proceed = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            context.Response.Headers["initial"] = "1";
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            await proceed.Task;
            context.Response.AppendTrailer("trailing-bin", "AQI=");
            await context.AnswerAsync(Answers.Frame("answer"));
        });
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, default, Request);

        Assert.Equal("1", (await call.ResponseHeadersAsync).GetValue("initial"));
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
        proceed.SetResult();
        await call;

        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal([1, 2], call.GetTrailers().GetValueBytes("trailing-bin")!);
    }

    [Fact]
    public async Task The_details_of_an_error_arrive_in_its_trailers()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Headers["grpc-status-details-bin"] = "AQI";
            return context.RefuseAsync(StatusCode.FailedPrecondition);
        });
        using var channel = GrpcChannel.ForAddress(server.Address);

        var failure = await FailsAsync(StatusCode.FailedPrecondition, () => CallAsync(channel));
        Assert.Equal([1, 2], failure.Trailers.GetValueBytes("grpc-status-details-bin")!);
    }

    [Fact]
    public async Task A_request_larger_than_allowed_is_not_sent()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.AnswerAsync(Answers.Frame("answer")));
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { MaxSendMessageSize = 10 });

        await FailsAsync(
            StatusCode.ResourceExhausted,
            () =>
                channel
                    .CreateCallInvoker()
                    .AsyncUnaryCall(ProbeMethods.Unary, null, default, ProbeMethods.Message("eleven bytes"))
                    .ResponseAsync
        );
        Assert.Equal("answer", (await CallAsync(channel)).Text());
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_request_that_cannot_be_serialized_is_INTERNAL()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.AnswerAsync(Answers.Frame("answer")));
        using var channel = GrpcChannel.ForAddress(server.Address);
        var broken = Marshallers.Create<BytesValue>((_, _) => throw new InvalidOperationException(), _ => new BytesValue());
        var method = new Method<BytesValue, BytesValue>(MethodType.Unary, ProbeMethods.Service, "Unary", broken, broken);

        await FailsAsync(
            StatusCode.Internal,
            () => channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, Request).ResponseAsync
        );
    }

    [Fact]
    public async Task Limits_can_be_lifted()
    {
        var large = Answers.Frame(new BytesValue { Value = ByteString.CopyFrom(new byte[6 * 1024 * 1024]) }.ToByteArray());
        await using var server = await ScriptedServer.StartAsync(context => context.AnswerAsync(large));
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { MaxReceiveMessageSize = null });

        Assert.Equal(6 * 1024 * 1024, (await CallAsync(channel)).Value.Length);
    }

    [Fact]
    public async Task A_writer_waits_when_the_server_does_not_read()
    {
        var proceed = new TaskCompletionSource();
        var read = new TaskCompletionSource<int>();
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            await proceed.Task;
            read.SetResult((await context.ReadRequestsAsync()).Count);
            await context.AnswerAsync(Answers.Frame("answer"));
        });
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = channel.CreateCallInvoker().AsyncClientStreamingCall(ProbeMethods.ClientStreaming, null, default);
        var message = new BytesValue { Value = ByteString.CopyFrom(new byte[256 * 1024]) };

        // Kestrel's window and buffers are far smaller than 16 MiB: some write has to wait, or all went somewhere without bounds.
        var written = 0;
        var write = Task.CompletedTask;
        while (written < 64 && await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(1))) == write)
        {
            await write;
            write = call.RequestStream.WriteAsync(message);
            written++;
        }

        Assert.InRange(written, 1, 63);
        proceed.SetResult();
        await write;
        await call.RequestStream.CompleteAsync();
        Assert.Equal("answer", (await call).Text());
        Assert.Equal(written, await read.Task);
    }

    [Fact]
    public async Task More_calls_than_one_connection_takes_are_served_by_several()
    {
        var arrived = 0;
        var all = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            // Kestrel allows 100 streams on a connection: 250 calls at once need three.
            if (Interlocked.Increment(ref arrived) == 250)
            {
                all.SetResult();
            }

            await all.Task;
            await context.AnswerAsync(Answers.Frame("answer"));
        });
        using var channel = GrpcChannel.ForAddress(server.Address);

        var answers = await Task.WhenAll(Enumerable.Range(0, 250).Select(_ => CallAsync(channel)));

        Assert.All(answers, answer => Assert.Equal("answer", answer.Text()));
    }

    [Fact]
    public async Task Interceptors_and_blocking_calls_work_as_on_any_channel()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.AnswerAsync(Answers.Frame("answer")));
        using var channel = GrpcChannel.ForAddress(server.Address);
        var invoker = channel.Intercept(metadata =>
        {
            metadata.Add("added", "yes");
            return metadata;
        });

        var answer = await Task.Run(() => invoker.BlockingUnaryCall(ProbeMethods.Unary, null, default, Request));

        Assert.Equal("answer", answer.Text());
        Assert.Equal("yes", server.Requests.Single()["added"].ToString());
    }

    [Fact]
    public async Task A_call_in_process_hands_its_deadline_and_cancellation_on_to_one_over_the_wire()
    {
        var arrived = new TaskCompletionSource<string>();
        var gone = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            arrived.SetResult(context.Request.Headers["grpc-timeout"].ToString());
            await gone.Task;
        });
        using var channel = GrpcChannel.ForAddress(server.Address);
        var outer = InProcess.InProcessFixture.Unary(
            async (request, context) =>
                await channel
                    .CreateCallInvoker()
                    .AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(propagationToken: context.CreatePropagationToken()), request)
        );
        using var cancel = new CancellationTokenSource();
        var call = outer.AsyncUnaryCall(
            ProbeMethods.Unary,
            null,
            new CallOptions(deadline: DateTime.UtcNow.AddHours(1), cancellationToken: cancel.Token),
            Request
        );

        Assert.NotEqual("", await arrived.Task);
        await cancel.CancelAsync();

        await FailsAsync(StatusCode.Cancelled, () => call.ResponseAsync);
        await gone.Task;
    }

    private static Task<BytesValue> CallAsync(GrpcChannel channel) =>
        channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, default, Request).ResponseAsync;
}
