using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EContract.Hosting.Settings;

/// <inheritdoc />
/// <remarks>
/// First the shape: names that are no settings (a misspelt one would silently be the default) and values that can't be read. Then what
/// the values mean, with the unreadable ones left out, so that one start tells everything.
/// </remarks>
internal sealed class SettingsSection<T>(IConfiguration section, Action<T, SettingErrors>? check) : ISettingsSection
    where T : class, new()
{
    public string Path { get; } = (section as IConfigurationSection)?.Path ?? "";

    public void Check(IServiceProvider services, IReadOnlySet<string> sections, SettingErrors errors)
    {
        var shape = new SettingsShape(sections, errors);
        shape.Check(section, Path, typeof(T));
        check?.Invoke(Bind(sections, shape.Unreadable), errors.Below(Path));
        if (shape.Unreadable.Count == 0 && services.GetServices<IValidateOptions<T>>().Any())
        {
            try
            {
                services.GetRequiredService<IOptionsFactory<T>>().Create(Options.DefaultName);
            }
            catch (OptionsValidationException exception)
            {
                errors.AddRange(exception.Failures);
            }
        }
    }

    /// <summary>What the section says now; what can't be read has its default (and is refused by <see cref="Check"/>).</summary>
    public T Read()
    {
        var shape = new SettingsShape(new HashSet<string>(), new SettingErrors());
        shape.Check(section, Path, typeof(T));
        return Bind(new HashSet<string>(), shape.Unreadable);
    }

    private T Bind(IReadOnlySet<string> sections, IReadOnlySet<string> unreadable)
    {
        var readable = section
            .AsEnumerable(makePathsRelative: true)
            .Where(setting => !IsBelow(setting.Key, unreadable) && !IsBelow(setting.Key, sections));
        var value = new T();
        new ConfigurationBuilder().AddInMemoryCollection(readable).Build().Bind(value);
        return value;
    }

    private bool IsBelow(string relative, IReadOnlySet<string> paths)
    {
        var full = Path.Length == 0 ? relative : ConfigurationPath.Combine(Path, relative);
        for (var path = full; path is not null && path.Length > Path.Length; path = ConfigurationPath.GetParentPath(path))
        {
            if (paths.Contains(path))
            {
                return true;
            }
        }

        return false;
    }
}
