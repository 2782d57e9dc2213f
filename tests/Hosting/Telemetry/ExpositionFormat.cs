using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace EContract.Hosting.Tests.Telemetry;

/// <summary>
/// Reads Prometheus' text format 0.0.4 as strictly as its documentation says ("Text-based format"), and as promtool's "check metrics" does:
/// whatever is out of order, doubled, or not what its TYPE line promised, fails.
/// </summary>
internal static partial class ExpositionFormat
{
    /// <summary>The families by name, with the number of their samples.</summary>
    public static IReadOnlyDictionary<string, int> Check(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var families = new Dictionary<string, int>(StringComparer.Ordinal);
        var series = new HashSet<string>(StringComparer.Ordinal);
        var buckets = new Dictionary<string, List<(double Bound, double Count)>>(StringComparer.Ordinal);
        var counts = new Dictionary<string, double>(StringComparer.Ordinal);
        string? family = null,
            type = null,
            helped = null;
        foreach (var line in text.Split('\n').SkipLast(1))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                Assert.False(families.ContainsKey(help.Groups[1].Value), $"HELP after the family began, or twice: {line}");
                helped = help.Groups[1].Value;
            }
            else if (Type().Match(line) is { Success: true } typed)
            {
                (family, type) = (typed.Groups[1].Value, typed.Groups[2].Value);
                Assert.True(families.TryAdd(family, 0), $"a family comes twice: {line}");
                Assert.True(helped is null || helped == family, $"HELP and TYPE are of different families: {line}");
                Assert.True(
                    type != "counter" || family.EndsWith("_total", StringComparison.Ordinal),
                    $"a counter's name ends in _total: {line}"
                );
                helped = null;
            }
            else
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, $"not a sample: {line}");
                Assert.NotNull(family);
                var name = sample.Groups["name"].Value;
                var suffix = type == "histogram" ? name[family.Length..] : "";
                Assert.True(
                    type == "histogram"
                        ? name.StartsWith(family, StringComparison.Ordinal) && suffix is "_bucket" or "_sum" or "_count"
                        : name == family,
                    $"a sample outside of its family: {line}"
                );
                var labels = Label()
                    .Matches(sample.Groups["labels"].Value)
                    .ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value);
                var key = string.Join(',', labels.Where(label => label.Key != "le").OrderBy(label => label.Key, StringComparer.Ordinal));
                Assert.True(series.Add($"{name}|{key}|{labels.GetValueOrDefault("le")}"), $"a series comes twice: {line}");
                var value = Number(sample.Groups["value"].Value);
                Assert.True(type == "gauge" || value >= 0 || suffix == "_sum", $"only gauges fall below zero: {line}");
                families[family]++;
                if (suffix == "_bucket")
                {
                    var of = buckets.TryGetValue(family + key, out var found) ? found : buckets[family + key] = [];
                    of.Add((Number(labels["le"]), value));
                }
                else if (suffix == "_count")
                {
                    counts[family + key] = value;
                }
            }
        }

        foreach (var (key, of) in buckets)
        {
            Assert.Equal(of.Select(bucket => bucket.Bound).Order(), of.Select(bucket => bucket.Bound));
            Assert.Equal(of.Select(bucket => bucket.Count).Order(), of.Select(bucket => bucket.Count));
            Assert.Equal((double.PositiveInfinity, counts[key]), of[^1]);
        }

        return families;
    }

    private static double Number(string text) =>
        text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(text, CultureInfo.InvariantCulture),
        };

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\]|\\\\|\\n)*$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|untyped)$")]
    private static partial Regex Type();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,(?!\})|(?=\})))*)\})? (?<value>[+-]Inf|NaN|-?[0-9.]+([eE][+-]?[0-9]+)?)$"""
    )]
    private static partial Regex Sample();

    [GeneratedRegex(""""([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"""")]
    private static partial Regex Label();
}
