using EContract.Hosting.Health;
using EContract.Hosting.Settings;
using EContract.Hosting.Tls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Hosting.Callers.Revocation;

/// <summary>Puts <see cref="CallerCrls"/> into a host that has no CA of its own.</summary>
public static class CallerRevocationComposition
{
    /// <returns>False: callers are not checked, because the settings say so.</returns>
    public static bool AddCallerCrls(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<CallerRevocationOptions>(configuration, "CallerRevocation", CallerRevocationOptions.Check);
        if (configuration.GetSection("CallerRevocation").GetValue<bool?>(nameof(CallerRevocationOptions.Unchecked)) is true)
        {
            return false;
        }

        services.AddSingleton(provider => new CallerCrls(
            provider.GetRequiredService<IOptions<CallerRevocationOptions>>(),
            provider.GetRequiredService<IOptionsMonitor<TlsOptions>>(),
            // Never through a proxy that the environment names: the addresses are configured, and so is who may stand between.
            new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CallerCrls>>()
        ));
        services.AddSingleton<ICallerRevocation>(provider => provider.GetRequiredService<CallerCrls>());
        services.AddHostedService(provider => provider.GetRequiredService<CallerCrls>());
        services.AddHealthProbe(
            "caller-revocation",
            (provider, _) => ValueTask.FromResult(provider.GetRequiredService<CallerCrls>().Judge())
        );
        return true;
    }
}
