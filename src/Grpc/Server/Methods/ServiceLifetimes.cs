using Microsoft.Extensions.DependencyInjection;

namespace EContract.Grpc.Server.Methods;

/// <summary>Tells how a type is registered, so that singletons are looked up once rather than on each call.</summary>
internal sealed class ServiceLifetimes(IServiceCollection services)
{
    /// <summary>Null if the type is not registered.</summary>
    public ServiceLifetime? Find(Type type) =>
        services.LastOrDefault(service => service.ServiceType == type && !service.IsKeyedService)?.Lifetime;
}
