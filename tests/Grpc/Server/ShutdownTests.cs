using EContract.Grpc.Server;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace EContract.Grpc.Tests.Server;

public sealed class ShutdownTests
{
    // A wait that takes this long is a hang, and fails rather than blocks the run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Calls_in_flight_are_finished()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var probe = new ProbeService
        {
            OnUnary = async (_, _) =>
            {
                begun.SetResult();
                await release.Task;
                return new SimpleResponse { Username = "done" };
            },
        };
        await using var host = await GrpcHost.StartAsync(probe);
        using var client = host.CreateClient();
        var call = client.CallAsync(ProbeService.Unary, new Empty());
        await begun.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var stop = host.StopAsync();
        Assert.False(stop.IsCompleted);
        release.SetResult();
        var answer = await call;
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal("done", SimpleResponse.Parser.ParseFrom(answer.Messages[0].Payload).Username);
        await stop;
    }

    [Fact]
    public async Task Watchers_of_health_are_told_and_let_go()
    {
        await using var host = await GrpcHost.StartAsync(services => services.AddGrpcRuntime(), app => app.MapGrpcHealthService());
        using var client = host.CreateClient();
        using var watch = await client.OpenAsync("/grpc.health.v1.Health/Watch");
        await watch.WriteAsync(new HealthCheckRequest());
        watch.HalfClose();
        Assert.Equal(ServingStatus.Serving, HealthCheckResponse.Parser.ParseFrom(await watch.ReadAsync()).Status);
        var stop = host.StopAsync();
        Assert.Equal(ServingStatus.NotServing, HealthCheckResponse.Parser.ParseFrom(await watch.ReadAsync()).Status);
        Assert.Null(await watch.ReadAsync());
        Assert.Equal("14", (await watch.Response).TrailingHeaders.GetValues("grpc-status").Single());
        await stop;
    }
}
