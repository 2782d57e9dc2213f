using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Hosting.Settings;

/// <summary>Judges all sections, and the names that stand at the top of the configuration.</summary>
internal sealed class SettingsJudge(IServiceProvider services, IEnumerable<ISettingsSection> sections)
{
    private readonly ISettingsSection[] _sections = [.. sections];

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<string> Judge()
    {
        var errors = new SettingErrors();
        var paths = _sections.Select(section => section.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (services.GetService<KnownSections>() is { } known)
        {
            var names = paths
                .Select(path => path.Split(ConfigurationPath.KeyDelimiter)[0])
                .Concat(known.Others)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var written in known.Written.GetChildren().Where(written => !names.Contains(written.Key)))
            {
                errors.AddUnknown(written.Key, written.Key, names);
            }
        }

        foreach (var section in _sections)
        {
            section.Check(services, paths, errors);
        }

        return errors.Found;
    }
}
