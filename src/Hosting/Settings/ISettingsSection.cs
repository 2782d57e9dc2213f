using Microsoft.Extensions.Configuration;

namespace EContract.Hosting.Settings;

/// <summary>A section of the configuration that is judged at start.</summary>
internal interface ISettingsSection
{
    void Check(IConfiguration configuration, SettingErrors errors);
}

/// <inheritdoc />
internal sealed class SettingsSection<T>(string name, Action<T, SettingErrors>? check) : ISettingsSection
    where T : class, new()
{
    public void Check(IConfiguration configuration, SettingErrors errors)
    {
        var below = errors.Below(name);
        var value = new T();
        try
        {
            // A misspelt setting would silently be the default.
            configuration.GetSection(name).Bind(value, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException exception)
        {
            var cause = exception.InnerException is null ? exception.Message : $"{exception.Message} {exception.InnerException.Message}";
            below.Add("", $"can't be read: {cause}", "the settings of docs/operations.md");
            return;
        }

        check?.Invoke(value, below);
    }
}
