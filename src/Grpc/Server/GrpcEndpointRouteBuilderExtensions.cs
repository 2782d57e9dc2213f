using EContract.Grpc.Health;
using EContract.Grpc.Reflection;
using EContract.Grpc.Server.Http;
using EContract.Grpc.Server.Methods;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Grpc.Server;

/// <summary>Maps gRPC services to endpoints.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Serves a class that derives from a generated service base.</summary>
    public static IEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        var provider = builder.ServiceProvider;
        var catalog = provider.GetService<ServiceCatalog>() ?? throw new InvalidOperationException("Call services.AddGrpcRuntime() first");
        var services = provider.GetRequiredService<HttpCallServices>();
        var health = provider.GetRequiredService<HealthRegistry>();

        var conventions = new GrpcServiceConventions();
        foreach (var method in catalog.Add<TService>())
        {
            var endpoint = builder.MapMethods(method.Description.FullName, [HttpMethods.Post], method.CreateRequestDelegate(services));
            endpoint.WithDisplayName($"gRPC - {method.Description.FullName}").WithMetadata([.. method.Metadata]);
            conventions.Add(endpoint);
            health.Register(method.Description.ServiceName);
        }

        return conventions;
    }

    /// <summary>Serves <c>grpc.health.v1.Health</c> from the <see cref="HealthRegistry"/>.</summary>
    public static IEndpointConventionBuilder MapGrpcHealthService(this IEndpointRouteBuilder builder) =>
        builder.MapGrpcService<HealthService>();

    /// <summary>Serves <c>grpc.reflection.v1</c> and <c>v1alpha</c>.</summary>
    public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
    {
        var conventions = new GrpcServiceConventions();
        conventions.Add(builder.MapGrpcService<ReflectionService>());
        conventions.Add(builder.MapGrpcService<ReflectionAlphaService>());
        return conventions;
    }
}
