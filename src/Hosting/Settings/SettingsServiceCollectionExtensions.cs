using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Hosting.Settings;

/// <summary>Settings that are bound, reloadable, and judged together before anything else starts.</summary>
public static class SettingsServiceCollectionExtensions
{
    /// <summary>Binds a section to options; <paramref name="check"/> adds what is wrong with them.</summary>
    public static IServiceCollection AddSettings<T>(
        this IServiceCollection services,
        IConfiguration configuration,
        string section,
        Action<T, SettingErrors>? check = null
    )
        where T : class, new()
    {
        services.Configure<T>(configuration.GetSection(section));
        services.AddSingleton<ISettingsSection>(new SettingsSection<T>(section, check));
        return services;
    }
}
