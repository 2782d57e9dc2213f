using System.Text;

namespace EContract.Validation.Reports.People;

/// <summary>The report as plain text. Control characters from certificates and documents do not reach a terminal.</summary>
public static class ReportText
{
    public static string Write(ValidationReport report, ReportLanguage language)
    {
        var text = new StringBuilder();
        Write(text, new ReportOutline(language).Of(report), 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, ReportSection section, int depth)
    {
        var indent = new string(' ', depth * 2);
        text.Append(indent).Append(Clean(section.Heading)).Append('\n');
        foreach (var (label, line) in section.Lines)
        {
            text.Append(indent).Append("  ").Append(label).Append(": ").Append(Clean(line)).Append('\n');
        }

        foreach (var part in section.Parts)
        {
            text.Append('\n');
            Write(text, part, depth + 1);
        }
    }

    // An escape sequence in a name could repaint the verdict; a bidirectional override could turn it round.
    private static string Clean(string value) =>
        string.Concat(
            value.Select(c => char.IsControl(c) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' ? '\uFFFD' : c)
        );
}
