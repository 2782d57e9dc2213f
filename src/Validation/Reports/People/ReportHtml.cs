using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using EContract.Validation.Conclusions;

namespace EContract.Validation.Reports.People;

/// <summary>The report as one HTML page without scripts, pictures or addresses. Everything from outside is escaped.</summary>
public static class ReportHtml
{
    private const string Style =
        "body{font-family:sans-serif;max-width:60em;margin:2em auto;line-height:1.5}section{border-left:4px solid #888;padding:0 1em;margin:1em 0}"
        + ".passed{border-color:#27803b}.indeterminate{border-color:#b7791f}.failed{border-color:#b3261e}"
        + "dt{float:left;clear:left;width:14em;color:#555}dd{margin-left:15em;overflow-wrap:anywhere}";

    // Letters stay readable; what could end a text or begin a tag is escaped, and so are controls and bidirectional overrides.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(
        UnicodeRanges.BasicLatin,
        UnicodeRanges.Latin1Supplement,
        UnicodeRanges.Hiragana,
        UnicodeRanges.Katakana,
        UnicodeRanges.CjkUnifiedIdeographs,
        UnicodeRanges.CjkSymbolsandPunctuation,
        UnicodeRanges.HalfwidthandFullwidthForms
    );

    public static string Write(ValidationReport report, ReportLanguage language)
    {
        var outline = new ReportOutline(language).Of(report);
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"").Append(language == ReportLanguage.Japanese ? "ja" : "en");
        html.Append("\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
        html.Append("style-src 'unsafe-inline'\">\n<title>").Append(Encoder.Encode(outline.Heading)).Append("</title>\n<style>");
        html.Append(Style).Append("</style>\n</head>\n<body>\n");
        Write(html, outline, 1);
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static void Write(StringBuilder html, ReportSection section, int level)
    {
        var heading = Math.Min(level, 6);
        html.Append("<section class=\"").Append(ClassOf(section.Verdict)).Append("\">\n<h").Append(heading).Append('>');
        html.Append(Encoder.Encode(section.Heading)).Append("</h").Append(heading).Append(">\n<dl>\n");
        foreach (var (label, text) in section.Lines)
        {
            html.Append("<dt>").Append(Encoder.Encode(label)).Append("</dt><dd>").Append(Encoder.Encode(text)).Append("</dd>\n");
        }

        html.Append("</dl>\n");
        foreach (var part in section.Parts)
        {
            Write(html, part, level + 1);
        }

        html.Append("</section>\n");
    }

    private static string ClassOf(Indication? verdict) =>
        verdict switch
        {
            Indication.Passed => "passed",
            Indication.Failed => "failed",
            Indication.Indeterminate => "indeterminate",
            _ => "none",
        };
}
