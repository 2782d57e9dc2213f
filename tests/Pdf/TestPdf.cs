using System.Text;

namespace EContract.Pdf.Tests;

/// <summary>Small documents, written by hand so that nothing of ours is needed to make them.</summary>
internal static class TestPdf
{
    /// <summary>One blank A4-like page of 595 × 842 points, and more objects from number 4 on.</summary>
    public static byte[] Classic(
        string catalog = "",
        string page = "",
        string header = "%PDF-1.4\n",
        string end = "\n",
        params string[] more
    ) =>
        Build(
            header,
            end,
            [
                $"<</Type/Catalog/Pages 2 0 R{catalog}>>",
                "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                $"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{page}>>",
                .. more,
            ]
        );

    /// <summary>Empty signature fields of these names, one above the other, each 200 × 60 points.</summary>
    public static byte[] WithEmptyFields(params string[] names)
    {
        string references = string.Join(' ', names.Select((_, i) => $"{4 + i} 0 R"));
        return Classic(
            $"/AcroForm<</Fields[{references}]>>",
            $"/Annots[{references}]",
            more:
            [
                .. names.Select(
                    (name, i) =>
                        $"<</Type/Annot/Subtype/Widget/FT/Sig/T{Text(name)}/F 4/P 3 0 R/Rect[50 {50 + i * 80} 250 {110 + i * 80}]>>"
                ),
            ]
        );
    }

    /// <summary>One field; <paramref name="entries"/> begins with its name and may go on with more keys.</summary>
    public static byte[] WithField(string entries, string type = "Sig")
    {
        int end = entries.IndexOf(')', StringComparison.Ordinal);
        return Classic(
            "/AcroForm<</Fields[4 0 R]>>",
            "/Annots[4 0 R]",
            more:
            [
                $"<</Type/Annot/Subtype/Widget/FT/{type}/T{Text(entries[1..end])}{Unicode(entries[(end + 1)..])}/F 4/P 3 0 R/Rect[50 50 250 110]>>",
            ]
        );
    }

    /// <summary>A file of these objects, numbered from 1, with a cross-reference table.</summary>
    public static byte[] Build(string header, string end, params string[] objects)
    {
        var file = new StringBuilder(header);
        int junk = header.IndexOf("%PDF", StringComparison.Ordinal);
        var offsets = new List<int>();
        for (int i = 0; i < objects.Length; i++)
        {
            offsets.Add(file.Length - junk);
            file.Append($"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }
        int start = file.Length - junk;
        file.Append($"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (int offset in offsets)
        {
            file.Append($"{offset:D10} 00000 n \n");
        }
        file.Append($"trailer\n<</Size {objects.Length + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF{end}");
        return Encoding.Latin1.GetBytes(file.ToString());
    }

    private static string Unicode(string entries) =>
        System.Text.RegularExpressions.Regex.Replace(entries, @"\(([^)]*[^\x00-\x7F][^)]*)\)", match => Text(match.Groups[1].Value));

    private static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";
}
