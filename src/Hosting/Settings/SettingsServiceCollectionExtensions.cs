using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EContract.Hosting.Settings;

/// <summary>Settings that are bound and judged together before anything else starts.</summary>
public static class SettingsServiceCollectionExtensions
{
    /// <summary>
    /// Binds a section to options. Names below it that are no settings, and values that can't be read, are refused at start;
    /// <paramref name="check"/> adds what else is wrong, and so does a registered <c>IValidateOptions</c>.
    /// </summary>
    public static IServiceCollection AddSettings<T>(
        this IServiceCollection services,
        IConfiguration section,
        Action<T, SettingErrors>? check = null
    )
        where T : class, new()
    {
        services.AddOptions<T>().Bind(section);
        services.AddSingleton<ISettingsSection>(new SettingsSection<T>(section, check));
        services.TryAddSingleton<SettingsJudge>();
        return services;
    }

    /// <inheritdoc cref="AddSettings{T}(IServiceCollection, IConfiguration, Action{T, SettingErrors}?)"/>
    public static IServiceCollection AddSettings<T>(
        this IServiceCollection services,
        IConfiguration configuration,
        string section,
        Action<T, SettingErrors>? check = null
    )
        where T : class, new() => services.AddSettings(configuration.GetSection(section), check);

    /// <summary>The same, for settings that are taken over while the process runs: <see cref="LiveSettings{T}"/>.</summary>
    public static IServiceCollection AddLiveSettings<T>(
        this IServiceCollection services,
        IConfiguration configuration,
        string section,
        Action<T, SettingErrors>? check = null
    )
        where T : class, new()
    {
        services.AddSettings(configuration, section, check);
        services.AddSingleton(_ => new LiveSettings<T>(new SettingsSection<T>(configuration.GetSection(section), check)));
        services.AddSingleton<ILiveSettings>(provider => provider.GetRequiredService<LiveSettings<T>>());
        return services;
    }

    /// <summary>Judges all settings now.</summary>
    /// <exception cref="SettingsException">Something is wrong; the exception tells everything that is.</exception>
    public static void RequireRightSettings(this IServiceProvider services) =>
        new SettingsGate(services.GetRequiredService<SettingsJudge>()).Pass();
}
