namespace EContract.Hosting.Settings;

/// <summary>The settings are wrong; the message lists everything that is.</summary>
public sealed class SettingsException(IReadOnlyList<string> errors)
    : Exception(
        $"{errors.Count} setting{(errors.Count == 1 ? " is" : "s are")} wrong:{string.Concat(errors.Select(error => "\n  - " + error))}"
    )
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
