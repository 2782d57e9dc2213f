using EContract.Grpc.Health;
using EContract.Grpc.Server.Http;
using EContract.Grpc.Server.Methods;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EContract.Grpc.Server;

/// <summary>Registers the gRPC runtime.</summary>
public static class GrpcServiceCollectionExtensions
{
    /// <summary>Adds what <c>MapGrpcService</c> needs, and a <see cref="HealthRegistry"/>.</summary>
    public static IServiceCollection AddGrpcRuntime(this IServiceCollection services, Action<GrpcServiceOptions>? configure = null)
    {
        services.AddRouting();
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ServiceLifetimes(services));
        services.TryAddSingleton<ServiceCatalog>();
        services.TryAddSingleton<ExceptionTranslator>();
        services.TryAddSingleton<HttpCallServices>();
        services.TryAddSingleton<HealthRegistry>();
        services.TryAddSingleton<HealthService>();
        services.AddHostedService<HealthShutdown>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, UnknownMethodFilter>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        return services;
    }

    /// <summary>Options of one service, over the general ones.</summary>
    public static IServiceCollection AddGrpcServiceOptions<TService>(
        this IServiceCollection services,
        Action<GrpcServiceOptions<TService>> configure
    )
        where TService : class => services.Configure(configure);
}
