using EContract.Grpc.Server;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EContract.Grpc.Tests.Server;

public sealed class ErrorTests
{
    private const string Secret = "password=hunter2";

    private readonly ProbeService _probe = new() { OnUnary = (_, _) => throw new InvalidOperationException(Secret) };

    [Fact]
    public async Task An_exception_is_INTERNAL_and_stays_in_our_log()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Equal("Exception was thrown by handler.", answer.Message);
        Assert.DoesNotContain("hunter2", $"{answer.Headers}{answer.Trailers}", StringComparison.Ordinal);
        Assert.Contains(host.Logs.Entries, entry => entry.Level == LogLevel.Error && entry.Exception?.Message == Secret);
    }

    [Fact]
    public async Task Detailed_errors_are_told_only_if_asked_for()
    {
        await using var host = await GrpcHost.StartAsync(_probe, options => options.EnableDetailedErrors = true);
        using var client = host.CreateClient();
        Assert.Contains(Secret, (await client.CallAsync(ProbeService.Unary, new Empty())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapper_turns_exceptions_into_statuses()
    {
        await using var host = await GrpcHost.StartAsync(
            services =>
                services
                    .AddSingleton(_probe)
                    .AddSingleton<IRpcExceptionMapper, Deaf>()
                    .AddSingleton<IRpcExceptionMapper, Mapper>()
                    .AddGrpcRuntime(),
            app => app.MapGrpcService<ProbeService>()
        );
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.Equal(StatusCode.Aborted, answer.Status);
        Assert.Equal(ProbeService.Unary, answer.Trailer("mapped"));
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_status_set_on_the_context_ends_the_call()
    {
        _probe.OnUnary = (_, context) =>
        {
            context.Status = new Status(StatusCode.OutOfRange, "so far");
            return Task.FromResult(new SimpleResponse());
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.Equal(StatusCode.OutOfRange, answer.Status);
        Assert.Empty(answer.Messages);
    }

    [Fact]
    public async Task An_error_after_messages_comes_in_trailers()
    {
        _probe.OnServerStreaming = async (_, responses, _) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            throw new RpcException(new Status(StatusCode.DataLoss, "lost"), new Metadata { { "at", "1" } });
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.ServerStreaming, new Empty());
        Assert.False(answer.IsTrailersOnly);
        Assert.Single(answer.Messages);
        Assert.Equal(StatusCode.DataLoss, answer.Status);
        Assert.Equal("1", answer.Trailer("at"));
    }

    private sealed class Deaf : IRpcExceptionMapper
    {
        public RpcException? Map(Exception exception, ServerCallContext context) => null;
    }

    private sealed class Mapper : IRpcExceptionMapper
    {
        public RpcException? Map(Exception exception, ServerCallContext context) =>
            new(new Status(StatusCode.Aborted, "mapped"), new Metadata { { "mapped", context.Method } });
    }
}
