using System.Text.RegularExpressions;

namespace EContract.Ca.Profiles;

/// <summary>Fills templates such as <c>{organisation} {department}</c>. A variable may have several values, e.g. DNS names.</summary>
public sealed partial class Placeholders
{
    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);

    public Placeholders Set(string name, params IReadOnlyList<string?> values)
    {
        var present = values.OfType<string>().Where(v => v.Length > 0).ToList();
        if (present.Count > 0)
        {
            _values[name] = present;
        }

        return this;
    }

    /// <summary>
    /// The filled template; empty if a placeholder has no value. A template that is one placeholder gives all its values, others
    /// take the first of each.
    /// </summary>
    public IReadOnlyList<string> Fill(string template)
    {
        var matches = Pattern().Matches(template);
        if (matches.Count == 1 && matches[0].Length == template.Length)
        {
            return _values.GetValueOrDefault(matches[0].Groups[1].Value, []);
        }

        return matches.All(m => _values.ContainsKey(m.Groups[1].Value))
            ? [Pattern().Replace(template, m => _values[m.Groups[1].Value][0])]
            : [];
    }

    /// <summary>The names of a template's placeholders.</summary>
    public static IEnumerable<string> NamesIn(string template) => Pattern().Matches(template).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex Pattern();
}
