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
        services.AddOptions<ClockGuardOptions>().Bind(section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClockGuardOptions>, ClockGuardOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
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
}
