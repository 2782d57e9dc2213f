using System.Net;
using EContract.Grpc.Client;
using EContract.Interop.Tests.Probe;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EContract.Interop.Tests.Client;

/// <summary>Whatever a server sends, a call ends with the status that the gRPC specification names, and with bounded memory.</summary>
public sealed class HostileServerTests
{
    private static readonly BytesValue Request = ProbeMethods.Message("ping");

    public static TheoryData<string, byte[], StatusCode> Bodies { get; } =
        new()
        {
            { "a prefix that ends early", [0, 0, 0], StatusCode.Internal },
            { "a message that ends early", Answers.Frame("answer")[..^1], StatusCode.Internal },
            { "a compressed flag that is not defined", Answers.Frame([], 2), StatusCode.Internal },
            { "a compressed message of a call without an encoding", Answers.Frame(Answers.Gzip([]), 1), StatusCode.Internal },
            { "a message that is not protobuf", Answers.Frame([0xFF, 0xFF]), StatusCode.Internal },
            { "a message larger than the limit", Answers.Frame(new byte[5 * 1024 * 1024]), StatusCode.ResourceExhausted },
            { "no message", [], StatusCode.Unimplemented },
            { "two messages", [.. Answers.Frame("one"), .. Answers.Frame("two")], StatusCode.Unimplemented },
            { "a message and half a prefix", [.. Answers.Frame("one"), 0], StatusCode.Unimplemented },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_unary_response_of(string what, byte[] body, StatusCode expected)
    {
        Assert.NotEmpty(what);
        await using var server = await ScriptedServer.StartAsync(context => context.AnswerAsync(body));
        await EndsWithAsync(server, expected);
    }

    [Fact]
    public async Task A_length_prefix_of_4_GiB_fails_the_call_before_any_of_it_comes()
    {
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3 });
            await context.Response.Body.FlushAsync();
            await UntilGoneAsync(context);
        });
        await EndsWithAsync(server, StatusCode.ResourceExhausted);
    }

    [Theory]
    [InlineData(64 * 1024 * 1024, StatusCode.ResourceExhausted)]
    [InlineData(-1, StatusCode.Internal)]
    public async Task A_compressed_message_beyond_the_limit_or_of_garbage_fails_the_call(int size, StatusCode expected)
    {
        var body = Answers.Frame(size < 0 ? [1, 2, 3, 4] : Answers.Gzip(new byte[size]), 1);
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Headers["grpc-encoding"] = "gzip";
            return context.AnswerAsync(body);
        });
        await EndsWithAsync(server, expected);
    }

    [Fact]
    public async Task An_encoding_that_we_did_not_offer_is_INTERNAL()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Headers["grpc-encoding"] = "snappy";
            return context.AnswerAsync(Answers.Frame([1], 1));
        });
        await EndsWithAsync(server, StatusCode.Internal);
    }

    [Fact]
    public async Task Missing_trailers_are_UNKNOWN()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
            context.Response.Body.WriteAsync(Answers.Frame("answer")).AsTask()
        );
        await EndsWithAsync(server, StatusCode.Unknown);
    }

    [Theory]
    [InlineData("17")]
    [InlineData("-1")]
    [InlineData("zero")]
    [InlineData("")]
    public async Task A_status_that_is_none_is_UNKNOWN(string value)
    {
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(Answers.Frame("answer"));
            context.Response.AppendTrailer("grpc-status", value);
        });
        await EndsWithAsync(server, StatusCode.Unknown);
    }

    [Fact]
    public async Task A_broken_percent_encoding_is_shown_as_it_is()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Headers["grpc-message"] = "100%, %zz, %E2%98%BA, %FF";
            return context.RefuseAsync(StatusCode.NotFound);
        });
        Assert.Equal("100%, %zz, ☺, \uFFFD", (await EndsWithAsync(server, StatusCode.NotFound)).Status.Detail);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, StatusCode.Internal)]
    [InlineData(HttpStatusCode.Unauthorized, StatusCode.Unauthenticated)]
    [InlineData(HttpStatusCode.Forbidden, StatusCode.PermissionDenied)]
    [InlineData(HttpStatusCode.NotFound, StatusCode.Unimplemented)]
    [InlineData(HttpStatusCode.TooManyRequests, StatusCode.Unavailable)]
    [InlineData(HttpStatusCode.BadGateway, StatusCode.Unavailable)]
    [InlineData(HttpStatusCode.ServiceUnavailable, StatusCode.Unavailable)]
    [InlineData(HttpStatusCode.GatewayTimeout, StatusCode.Unavailable)]
    [InlineData(HttpStatusCode.InternalServerError, StatusCode.Unknown)]
    [InlineData(HttpStatusCode.Redirect, StatusCode.Unknown)]
    public async Task An_HTTP_error_without_grpc_status_is_mapped(HttpStatusCode code, StatusCode expected)
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.StatusCode = (int)code;
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>");
        });
        await EndsWithAsync(server, expected);
    }

    [Fact]
    public async Task A_grpc_status_counts_whatever_the_HTTP_status()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.StatusCode = 500;
            return context.RefuseAsync(StatusCode.Aborted);
        });
        await EndsWithAsync(server, StatusCode.Aborted);
    }

    [Fact]
    public async Task Another_content_type_is_UNKNOWN()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.ContentType = "text/html";
            return context.AnswerAsync(Answers.Frame("answer"));
        });
        await EndsWithAsync(server, StatusCode.Unknown);
    }

    [Theory]
    [InlineData(0x1, StatusCode.Internal)]
    [InlineData(0x2, StatusCode.Internal)]
    [InlineData(0x3, StatusCode.Internal)]
    [InlineData(0x5, StatusCode.Unknown)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xA, StatusCode.Internal)]
    [InlineData(0xB, StatusCode.ResourceExhausted)]
    [InlineData(0xC, StatusCode.PermissionDenied)]
    [InlineData(0x1234, StatusCode.Unknown)]
    public async Task A_stream_that_is_reset_is_mapped(int code, StatusCode expected)
    {
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(Answers.Frame("answer"));
            await context.Response.Body.FlushAsync();
            context.Features.Get<IHttpResetFeature>()!.Reset(code);
        });
        await EndsWithAsync(server, expected);
    }

    [Fact]
    public async Task Binary_metadata_that_is_not_base64_is_INTERNAL()
    {
        await using var headers = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Headers["x-bin"] = "!";
            return context.AnswerAsync(Answers.Frame("answer"));
        });
        await using var trailers = await ScriptedServer.StartAsync(context =>
        {
            context.Response.AppendTrailer("x-bin", "!");
            return context.AnswerAsync(Answers.Frame("answer"));
        });
        await EndsWithAsync(headers, StatusCode.Internal);
        await EndsWithAsync(trailers, StatusCode.Internal);
    }

    [Fact]
    public async Task A_flood_of_headers_is_RESOURCE_EXHAUSTED()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            for (var i = 0; i < 200; i++)
            {
                context.Response.Headers[$"x-{i}"] = new string('x', 1000);
            }

            return context.AnswerAsync(Answers.Frame("answer"));
        });
        await EndsWithAsync(server, StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task A_server_that_never_answers_costs_no_more_than_the_deadline_and_learns_of_it()
    {
        var gone = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            await UntilGoneAsync(context);
            gone.SetResult();
        });
        using var channel = GrpcChannel.ForAddress(server.Address);
        var options = new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(300));

        await FailsAsync(
            StatusCode.DeadlineExceeded,
            () => channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, options, Request).ResponseAsync
        );
        await gone.Task;
    }

    [Fact]
    public async Task Messages_before_a_reset_are_delivered_before_its_status()
    {
        var proceed = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(Answers.Frame("one"));
            await context.Response.Body.FlushAsync();
            await proceed.Task;
            context.Features.Get<IHttpResetFeature>()!.Reset(0xB);
        });
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = channel.CreateCallInvoker().AsyncServerStreamingCall(ProbeMethods.ServerStreaming, null, default, Request);

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("one", call.ResponseStream.Current.Text());
        proceed.SetResult();
        await FailsAsync(StatusCode.ResourceExhausted, () => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.ResourceExhausted, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_server_that_ends_a_stream_at_once_stops_the_writer()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.RefuseAsync(StatusCode.PermissionDenied));
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(ProbeMethods.Duplex, null, default);

        await FailsAsync(StatusCode.PermissionDenied, () => call.ResponseStream.MoveNext(CancellationToken.None));
        await FailsAsync(StatusCode.PermissionDenied, () => call.RequestStream.WriteAsync(Request));
    }

    internal static async Task<RpcException> FailsAsync(StatusCode expected, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(expected == failure.StatusCode, $"expected {expected}: {failure}");
        return failure;
    }

    private static Task UntilGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    }

    private static async Task<RpcException> EndsWithAsync(ScriptedServer server, StatusCode expected)
    {
        using var channel = GrpcChannel.ForAddress(server.Address);
        return await FailsAsync(
            expected,
            () => channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, default, Request).ResponseAsync
        );
    }
}
