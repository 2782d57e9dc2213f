using System.Text;
using System.Text.RegularExpressions;

namespace EContract.TestKit.Logs;

/// <summary>Looks for secrets in logs: as they are, and in hexadecimal and base64.</summary>
public static partial class RunLogSearch
{
    /// <summary>All secrets that the processes of a run used.</summary>
    public static IReadOnlySet<string> ReadSecrets(string folder) =>
        Directory
            .GetFiles(folder, "*" + RunLog.SecretsSuffix)
            .SelectMany(Read)
            .Where(line => line.Length > 0)
            .ToHashSet(StringComparer.Ordinal);

    /// <returns>How many lines there were, and those that hold a secret (which is masked).</returns>
    public static (int Lines, IReadOnlyList<LeakedSecret> Found) Search(IEnumerable<string> files, IEnumerable<string> secrets)
    {
        var forms = secrets.SelectMany(FormsOf).ToHashSet(StringComparer.Ordinal);
        var found = new List<LeakedSecret>();
        var lines = 0;
        foreach (var file in files)
        {
            var number = 0;
            foreach (var line in Read(file))
            {
                number++;
                // A GUID's first group may hold any eight digits; and so may a hexadecimal identifier, of which only the whole word counts.
                var told = Guid().Replace(line, "");
                var words = Words().Matches(told).Concat(Base64Words().Matches(told)).Select(match => match.Value).Where(forms.Contains);
                if (words.Distinct().ToList() is { Count: > 0 } leaked)
                {
                    var masked = leaked.Aggregate(line, (text, word) => text.Replace(word, "(a secret)", StringComparison.Ordinal));
                    found.Add(new LeakedSecret(file, number, masked));
                }
            }

            lines += number;
        }

        return (lines, found);
    }

    private static IEnumerable<string> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return [secret, Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes), Convert.ToBase64String(bytes).TrimEnd('=')];
    }

    private static IEnumerable<string> Read(string file)
    {
        // Who writes it may be running yet.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    [GeneratedRegex("[0-9A-Za-z]+")]
    private static partial Regex Words();

    [GeneratedRegex("[0-9A-Za-z+/]+")]
    private static partial Regex Base64Words();

    [GeneratedRegex(@"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")]
    private static partial Regex Guid();
}
