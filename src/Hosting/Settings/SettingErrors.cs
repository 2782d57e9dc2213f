namespace EContract.Hosting.Settings;

/// <summary>Collects what is wrong with the settings, each by its full name, so that one start tells everything.</summary>
public sealed class SettingErrors
{
    private readonly string _path;
    private readonly List<string> _found;

    public SettingErrors()
        : this("", []) { }

    private SettingErrors(string path, List<string> found) => (_path, _found) = (path, found);

    public IReadOnlyList<string> Found => _found;

    /// <summary>The same collection, for settings below a section or list entry.</summary>
    public SettingErrors Below(string name) => new(_path.Length == 0 ? name : $"{_path}:{name}", _found);

    /// <param name="setting">Name below the current section; empty: the section itself.</param>
    /// <param name="problem">What is wrong: <c>is missing</c>, <c>'abc' is not a duration</c>. Never the value of a secret.</param>
    /// <param name="right">What would be right.</param>
    public void Add(string setting, string problem, string right) =>
        _found.Add($"{(setting.Length == 0 ? _path : Below(setting)._path)} {problem}. Right would be: {right}.");
}
