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
    public SettingErrors Below(string name) => new(Name(name), _found);

    /// <param name="setting">Name below the current section; empty: the section itself.</param>
    /// <param name="problem">What is wrong: <c>is missing</c>, <c>'abc' is not a duration</c>. Never the value of a secret.</param>
    /// <param name="right">What would be right.</param>
    public void Add(string setting, string problem, string right) => _found.Add($"{Name(setting)} {problem}. Right would be: {right}.");

    /// <summary>Adds <paramref name="problem"/> unless <paramref name="holds"/>.</summary>
    public void Require(bool holds, string setting, string problem, string right)
    {
        if (!holds)
        {
            Add(setting, problem, right);
        }
    }

    /// <summary>A name that is no setting, and the one that was perhaps meant.</summary>
    internal void AddUnknown(string path, string name, IReadOnlyCollection<string> known)
    {
        var meant = known.MinBy(candidate => EditDistance.Between(name, candidate));
        var near = meant is not null && EditDistance.Between(name, meant) <= Math.Max(2, name.Length / 3);
        _found.Add(
            near ? $"{Name(path)} is not a setting. Did you mean '{meant}'?"
            : known.Count == 0 ? $"{Name(path)} is not a setting. There are none here."
            : $"{Name(path)} is not a setting. Right would be: one of {string.Join(", ", known.Order(StringComparer.Ordinal))}."
        );
    }

    /// <summary>Takes over findings that name their settings already.</summary>
    internal void AddRange(IEnumerable<string> findings) => _found.AddRange(findings);

    private string Name(string setting) =>
        setting.Length == 0 ? _path
        : _path.Length == 0 ? setting
        : $"{_path}:{setting}";
}
