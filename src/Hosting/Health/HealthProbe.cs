using Microsoft.Extensions.DependencyInjection;

namespace EContract.Hosting.Health;

/// <summary>Looks at one part of the node: database, token, clock, queue, certificates …</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="CheckAsync">Must not throw for an expected fault; whatever it throws counts as unhealthy.</param>
public sealed record HealthProbe(string Name, Func<CancellationToken, ValueTask<HealthFinding>> CheckAsync);

/// <summary>Registration of probes.</summary>
public static class HealthServiceCollectionExtensions
{
    public static IServiceCollection AddHealthProbe(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, CancellationToken, ValueTask<HealthFinding>> check
    ) => services.AddSingleton(provider => new HealthProbe(name, cancellationToken => check(provider, cancellationToken)));
}
