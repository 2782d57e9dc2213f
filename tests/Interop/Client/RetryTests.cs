using EContract.Grpc.Client;
using EContract.Interop.Tests.Probe;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using static EContract.Interop.Tests.Client.HostileServerTests;

namespace EContract.Interop.Tests.Client;

/// <summary>Retries as gRFC A6 has them.</summary>
public sealed class RetryTests
{
    private static readonly BytesValue Request = ProbeMethods.Message("ping");

    [Fact]
    public async Task UNAVAILABLE_is_tried_again_and_the_server_told_how_often()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, attempt) => attempt < 3 ? context.RefuseAsync(StatusCode.Unavailable) : context.AnswerAsync(Answers.Frame("third"))
        );
        using var channel = Connect(server);

        Assert.Equal("third", (await CallAsync(channel)).Text());
        Assert.Equal(["", "1", "2"], server.Requests.Select(headers => headers["grpc-previous-rpc-attempts"].ToString()));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    [InlineData(50, 5)]
    public async Task There_are_no_more_attempts_than_the_policy_and_the_channel_allow(int maxAttempts, int expected)
    {
        await using var server = await ScriptedServer.StartAsync(context => context.RefuseAsync(StatusCode.Unavailable));
        using var channel = Connect(server, maxAttempts);

        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
        Assert.Equal(expected, server.Requests.Count);
    }

    [Fact]
    public async Task Other_statuses_are_not_tried_again()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.RefuseAsync(StatusCode.Aborted));
        using var channel = Connect(server);

        await FailsAsync(StatusCode.Aborted, () => CallAsync(channel));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Without_a_policy_nothing_is_tried_again()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.RefuseAsync(StatusCode.Unavailable));
        using var channel = GrpcChannel.ForAddress(server.Address);

        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Response_headers_commit_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            await context.Response.StartAsync();
            await context.AnswerAsync([], StatusCode.Unavailable);
        });
        using var channel = Connect(server);

        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("-1", 1)]
    [InlineData("soon", 1)]
    [InlineData("0", 4)]
    public async Task The_server_can_push_back(string pushback, int expected)
    {
        await using var server = await ScriptedServer.StartAsync(context => context.RefuseAsync(StatusCode.Unavailable, pushback));
        using var channel = Connect(server, initialBackoff: pushback == "0" ? TimeSpan.FromHours(1) : null);

        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
        Assert.Equal(expected, server.Requests.Count);
    }

    [Fact]
    public async Task The_deadline_ends_the_wait_for_the_next_attempt()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.RefuseAsync(StatusCode.Unavailable));
        using var channel = Connect(server, initialBackoff: TimeSpan.FromHours(1));

        await FailsAsync(
            StatusCode.DeadlineExceeded,
            () =>
                channel
                    .CreateCallInvoker()
                    .AsyncUnaryCall(ProbeMethods.Unary, null, new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(200)), Request)
                    .ResponseAsync
        );
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Throttling_stops_retries_while_too_many_calls_fail()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.RefuseAsync(StatusCode.Unavailable));
        using var channel = Connect(server, throttling: new RetryThrottlingPolicy { MaxTokens = 4, TokenRatio = 1 });

        // 4 → 3 (retry) → 2 (stop: not above the half); then each call fails at once.
        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
        Assert.Equal(2, server.Requests.Count);
        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_stream_of_requests_is_sent_again_from_its_beginning()
    {
        var complete = new TaskCompletionSource<List<string>>();
        await using var server = await ScriptedServer.StartAsync(
            async (context, attempt) =>
            {
                if (attempt == 1)
                {
                    await context.ReadRequestsAsync(2);
                    await context.RefuseAsync(StatusCode.Unavailable);
                }
                else
                {
                    complete.SetResult(await context.ReadRequestsAsync());
                    await context.AnswerAsync(Answers.Frame("done"));
                }
            }
        );
        using var channel = Connect(server);
        using var call = channel.CreateCallInvoker().AsyncClientStreamingCall(ProbeMethods.ClientStreaming, null, default);

        foreach (var text in new[] { "a", "b", "c", "d" })
        {
            await call.RequestStream.WriteAsync(ProbeMethods.Message(text));
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal("done", (await call).Text());
        Assert.Equal(["a", "b", "c", "d"], await complete.Task);
    }

    [Fact]
    public async Task A_stream_larger_than_the_buffer_is_not_tried_again()
    {
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            await context.ReadRequestsAsync(2);
            await context.RefuseAsync(StatusCode.Unavailable);
        });
        using var channel = Connect(server, bufferSize: 10);
        using var call = channel.CreateCallInvoker().AsyncClientStreamingCall(ProbeMethods.ClientStreaming, null, default);

        await call.RequestStream.WriteAsync(ProbeMethods.Message("a"));
        await call.RequestStream.WriteAsync(ProbeMethods.Message("b"));

        await FailsAsync(StatusCode.Unavailable, () => call.ResponseAsync);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task The_most_specific_configuration_counts()
    {
        var config = ServiceConfig.Parse(
            """
            {"methodConfig": [
              {"name": [{}], "retryPolicy": {"maxAttempts": 2, "initialBackoff": "0.001s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}},
              {"name": [{"service": "probe.Probe"}], "retryPolicy": {"maxAttempts": 3, "initialBackoff": "0.001s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": [14]}},
              {"name": [{"service": "probe.Probe", "method": "Duplex"}]}
            ]}
            """
        );
        await using var server = await ScriptedServer.StartAsync(context => context.RefuseAsync(StatusCode.Unavailable));
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { ServiceConfig = config });

        await FailsAsync(StatusCode.Unavailable, () => CallAsync(channel));
        Assert.Equal(3, server.Requests.Count);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(ProbeMethods.Duplex, null, default);
        await FailsAsync(StatusCode.Unavailable, () => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"methodConfig\": {}}")]
    [InlineData("{\"methodConfig\": [{}]}")]
    [InlineData("{\"methodConfig\": [{\"name\": [{}], \"retryPolicy\": {\"maxAttempts\": 1}}]}")]
    [InlineData(
        "{\"methodConfig\": [{\"name\": [{}], \"retryPolicy\": {\"maxAttempts\": 2, \"initialBackoff\": \"1\", \"maxBackoff\": \"1s\", \"backoffMultiplier\": 2, \"retryableStatusCodes\": [14]}}]}"
    )]
    [InlineData(
        "{\"methodConfig\": [{\"name\": [{}], \"retryPolicy\": {\"maxAttempts\": 2, \"initialBackoff\": \"1s\", \"maxBackoff\": \"1s\", \"backoffMultiplier\": 2, \"retryableStatusCodes\": []}}]}"
    )]
    public void What_is_no_service_config_is_refused(string json) => Assert.Throws<FormatException>(() => ServiceConfig.Parse(json));

    private static GrpcChannel Connect(
        ScriptedServer server,
        int maxAttempts = 4,
        TimeSpan? initialBackoff = null,
        RetryThrottlingPolicy? throttling = null,
        int bufferSize = 1024 * 1024
    )
    {
        var policy = new RetryPolicy
        {
            MaxAttempts = maxAttempts,
            InitialBackoff = initialBackoff ?? TimeSpan.FromMilliseconds(1),
            MaxBackoff = initialBackoff ?? TimeSpan.FromMilliseconds(5),
            BackoffMultiplier = 2,
            RetryableStatusCodes = { StatusCode.Unavailable },
        };
        var config = new ServiceConfig
        {
            RetryThrottling = throttling,
            MethodConfigs =
            {
                new MethodConfig { Names = { MethodName.Default }, RetryPolicy = policy },
            },
        };
        return GrpcChannel.ForAddress(
            server.Address,
            new GrpcChannelOptions { ServiceConfig = config, MaxRetryBufferPerCallSize = bufferSize }
        );
    }

    private static Task<BytesValue> CallAsync(GrpcChannel channel) =>
        channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, default, Request).ResponseAsync;
}
