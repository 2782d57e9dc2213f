using EContract.Grpc.Health;
using EContract.Grpc.Server;
using EContract.Grpc.Tests.Server;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace EContract.Grpc.Tests.Health;

public sealed class HealthServiceTests
{
    private const string Check = "/grpc.health.v1.Health/Check";

    private static Task<GrpcHost> StartAsync() =>
        GrpcHost.StartAsync(
            services => services.AddSingleton<ProbeService>().AddGrpcRuntime(),
            app =>
            {
                app.MapGrpcService<ProbeService>();
                app.MapGrpcHealthService();
            }
        );

    [Fact]
    public async Task Check_tells_the_status_of_the_server_and_of_each_service()
    {
        await using var host = await StartAsync();
        using var client = host.CreateClient();
        foreach (var service in new[] { "", "grpc.testing.TestService", "grpc.health.v1.Health" })
        {
            var answer = await client.CallAsync(Check, new HealthCheckRequest { Service = service });
            Assert.Equal(ServingStatus.Serving, HealthCheckResponse.Parser.ParseFrom(Assert.Single(answer.Messages).Payload).Status);
        }

        host.Services.GetRequiredService<HealthRegistry>().Set("grpc.testing.TestService", ServingStatus.NotServing);
        var down = await client.CallAsync(Check, new HealthCheckRequest { Service = "grpc.testing.TestService" });
        Assert.Equal(ServingStatus.NotServing, HealthCheckResponse.Parser.ParseFrom(Assert.Single(down.Messages).Payload).Status);
    }

    [Fact]
    public async Task Check_of_an_unknown_service_is_NOT_FOUND()
    {
        await using var host = await StartAsync();
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.NotFound, (await client.CallAsync(Check, new HealthCheckRequest { Service = "nobody" })).Status);
    }

    [Fact]
    public async Task Watch_tells_each_change_and_waits_for_services_to_come()
    {
        await using var host = await StartAsync();
        using var client = host.CreateClient();
        var registry = host.Services.GetRequiredService<HealthRegistry>();
        using var watch = await client.OpenAsync("/grpc.health.v1.Health/Watch");
        await watch.WriteAsync(new HealthCheckRequest { Service = "late" });
        watch.HalfClose();

        async Task<ServingStatus> NextAsync() => HealthCheckResponse.Parser.ParseFrom(await watch.ReadAsync()).Status;
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync());
        registry.Set("other", ServingStatus.NotServing);
        registry.Set("late", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        registry.Set("late", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await NextAsync());
        registry.Clear("late");
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync());
        watch.Cancel();
    }

    [Fact]
    public void After_shutdown_nothing_serves_again()
    {
        var registry = new HealthRegistry();
        registry.Set("a", ServingStatus.Serving);
        registry.Shutdown();
        registry.Set("a", ServingStatus.Serving);
        registry.Register("b");
        Assert.Equal(ServingStatus.NotServing, registry.Observe("a").Status);
        Assert.Equal(ServingStatus.NotServing, registry.Observe("b").Status);
        Assert.Equal(ServingStatus.NotServing, registry.Observe("").Status);
    }
}
