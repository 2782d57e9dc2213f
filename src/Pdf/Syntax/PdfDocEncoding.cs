namespace EContract.Pdf.Syntax;

/// <summary>PDFDocEncoding (ISO 32000-2 Annex D.3).</summary>
internal static class PdfDocEncoding
{
    private const string Accents = "\u02D8\u02C7\u02C6\u02D9\u02DD\u02DB\u02DA\u02DC"; // 0x18…0x1F

    private const string Upper = // 0x80…0xA0
        "\u2022\u2020\u2021\u2026\u2014\u2013\u0192\u2044\u2039\u203A\u2212\u2030\u201E\u201C\u201D\u2018\u2019\u201A\u2122\uFB01\uFB02"
        + "\u0141\u0152\u0160\u0178\u017D\u0131\u0142\u0153\u0161\u017E\uFFFD\u20AC";

    public static string Decode(ReadOnlySpan<byte> bytes) =>
        string.Create(
            bytes.Length,
            bytes,
            static (text, source) =>
            {
                for (int i = 0; i < text.Length; i++)
                {
                    byte b = source[i];
                    text[i] = b switch
                    {
                        >= 0x18 and <= 0x1F => Accents[b - 0x18],
                        >= 0x80 and <= 0xA0 => Upper[b - 0x80],
                        _ => (char)b,
                    };
                }
            }
        );
}
