using EContract.Hosting.Health;
using EContract.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Hosting.Clock;

/// <summary>Puts an <see cref="IProvenClock"/> into a host.</summary>
public static class ClockComposition
{
    /// <param name="section">Binds <see cref="ClockGuardOptions"/>.</param>
    public static void AddProvenClock(this IServiceCollection services, IConfiguration section)
    {
        services.AddSettings<ClockGuardOptions>(section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClockGuardOptions>, ClockGuardOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddHealthProbe("clock", (provider, _) => ValueTask.FromResult(Judge(provider.GetRequiredService<IProvenClock>())));
        if (section.GetValue<bool>(nameof(ClockGuardOptions.TrustSystemClock)))
        {
            services.TryAddSingleton<IProvenClock>(provider =>
            {
                provider
                    .GetRequiredService<ILogger<TrustedSystemClock>>()
                    .LogWarning("The system clock is trusted without proof (Clock:TrustSystemClock)");
                return new TrustedSystemClock(
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<IOptions<ClockGuardOptions>>().Value.BelievedError
                );
            });
            return;
        }

        services.TryAddSingleton<ClockGuard>();
        services.TryAddSingleton<IProvenClock>(provider => provider.GetRequiredService<ClockGuard>());
        services.AddHostedService(provider => provider.GetRequiredService<ClockGuard>());
    }

    private static HealthFinding Judge(IProvenClock clock)
    {
        ClockReading reading = clock.Read();
        return reading.Refusal is { } refusal ? HealthFinding.Unhealthy($"No time is proven: {refusal}.")
            : clock is TrustedSystemClock ? HealthFinding.Degraded($"The time is that of {clock.Basis}.")
            : HealthFinding.Healthy($"UTC within {reading.ErrorBound.TotalMilliseconds:0.0} ms, by {clock.Basis}.");
    }
}
