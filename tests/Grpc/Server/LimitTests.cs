using EContract.Grpc.Server;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Grpc.Tests.Server;

public sealed class LimitTests
{
    private readonly ProbeService _probe = new();

    [Fact]
    public async Task Requests_are_held_to_4_MB_by_default()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var largest = 4 * 1024 * 1024;
        Assert.Equal(StatusCode.ResourceExhausted, (await client.CallAsync(ProbeService.Unary, WireClient.Request(largest))).Status);
        var answer = await client.CallAsync(ProbeService.Unary, WireClient.Request(largest - 20));
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.InRange(Assert.Single(answer.Messages).Payload.Length, largest - 20, largest);
    }

    [Fact]
    public async Task A_service_may_have_limits_of_its_own()
    {
        await using var host = await GrpcHost.StartAsync(
            services =>
                services
                    .AddSingleton(_probe)
                    .AddGrpcRuntime(options => options.MaxReceiveMessageSize = 10)
                    .AddGrpcServiceOptions<ProbeService>(options =>
                        (options.MaxReceiveMessageSize, options.MaxSendMessageSize) = (null, 1000)
                    ),
            app => app.MapGrpcService<ProbeService>()
        );
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.OK, (await client.CallAsync(ProbeService.Unary, WireClient.Request(900))).Status);
        var answer = await client.CallAsync(ProbeService.Unary, WireClient.Request(5_000_000));
        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.True(answer.IsTrailersOnly);
        Assert.StartsWith("Sending message", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_may_be_larger_than_any_limit_of_Kestrel_if_its_messages_are_not()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var frame = WireClient.Frame(WireClient.Request(4_000_000));
        var answer = await client.CallAsync(ProbeService.ClientStreaming, [.. Enumerable.Repeat(frame, 9).SelectMany(bytes => bytes)]);
        Assert.Equal(StatusCode.OK, answer.Status);
    }
}
