using Grpc.Core;
using Grpc.Testing;
using Xunit;

namespace EContract.Grpc.Tests.Server;

public sealed class DeadlineTests
{
    private readonly ProbeService _probe = new();

    [Fact]
    public async Task The_deadline_reaches_the_handler_s_token()
    {
        _probe.OnUnary = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new SimpleResponse();
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        Assert.Equal(
            StatusCode.DeadlineExceeded,
            (await client.CallAsync(ProbeService.Unary, new Empty(), ("grpc-timeout", "20m"))).Status
        );
    }

    [Theory]
    [InlineData(ProbeService.Unary)]
    [InlineData(ProbeService.Duplex)]
    public async Task A_handler_that_ignores_its_token_does_not_keep_the_client_waiting(string path)
    {
        var release = new TaskCompletionSource();
        _probe.OnUnary = async (_, _) =>
        {
            await release.Task;
            return new SimpleResponse();
        };
        _probe.OnDuplex = async (_, responses, _) =>
        {
            await release.Task;
            await Assert.ThrowsAsync<OperationCanceledException>(() => responses.WriteAsync(new StreamingOutputCallResponse()));
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(path, new Empty(), ("grpc-timeout", "20m"));
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
        release.SetResult();
    }

    [Fact]
    public async Task A_deadline_after_messages_comes_in_trailers()
    {
        _probe.OnServerStreaming = async (_, responses, context) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.ServerStreaming, new Empty(), ("grpc-timeout", "2S"));
        Assert.Single(answer.Messages);
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
    }

    [Fact]
    public async Task A_request_that_never_comes_ends_at_the_deadline()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        using var call = await client.OpenAsync(ProbeService.Unary, ("grpc-timeout", "50m"));
        var answer = await WireAnswer.ReadAsync(await call.Response);
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
    }

    [Fact]
    public async Task A_timeout_of_nothing_has_passed_already()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.DeadlineExceeded, (await client.CallAsync(ProbeService.Unary, new Empty(), ("grpc-timeout", "0n"))).Status);
    }

    [Theory]
    [InlineData("1H", true)]
    [InlineData("99999999H", false)]
    [InlineData(null, false)]
    public async Task The_context_tells_the_deadline(string? timeout, bool isSet)
    {
        DateTime deadline = default;
        ContextPropagationToken? token = null;
        _probe.OnUnary = (_, context) =>
        {
            deadline = context.Deadline;
            token = context.CreatePropagationToken();
            return Task.FromResult(new SimpleResponse());
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new Empty(), timeout is null ? [] : [("grpc-timeout", timeout)]);
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(isSet, deadline != DateTime.MaxValue);
        Assert.Equal(isSet ? deadline : null, token!.ParentDeadline);
        if (isSet)
        {
            Assert.Equal(DateTimeKind.Utc, deadline.Kind);
        }
    }
}
