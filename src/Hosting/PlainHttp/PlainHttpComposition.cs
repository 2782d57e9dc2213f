using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EContract.Hosting.PlainHttp;

/// <summary>Puts the answering of plain requests into a host.</summary>
public static class PlainHttpComposition
{
    /// <summary>A role's plain routes, served at every <see cref="PlainHttpEndPoint"/>. After Kestrel, whose transport is asked last.</summary>
    public static void AddPlainHttp(this IServiceCollection services, Func<IServiceProvider, PlainRoutes> routes)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(routes);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, PlainHttpTransport>());
    }
}
