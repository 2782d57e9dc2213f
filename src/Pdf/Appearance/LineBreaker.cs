using System.Text;
using EContract.Pdf.Fonts;

namespace EContract.Pdf.Appearance;

/// <summary>Breaks paragraphs into lines: between words, between Japanese characters by the basic line-start and line-end rules (JIS X 4051).</summary>
internal static class LineBreaker
{
    private const string NotAtStart = "、。，．・：；？！）〕］｝〉》」』】ー々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥,.:;?!)]}";
    private const string NotAtEnd = "（〔［｛〈《「『【([{";

    /// <summary>The text without what can't be shown: controls, variation selectors and joiners; a tab becomes a blank.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune character in text.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            int value = character.Value;
            if (value is '\t')
            {
                clean.Append(' ');
            }
            else if (
                value is '\n'
                || !(
                    value < ' '
                    || value
                        is >= 0x7F
                            and <= 0x9F
                            or 0x200B
                            or 0x200C
                            or 0x200D
                            or 0xFEFF
                            or (>= 0xFE00 and <= 0xFE0F)
                            or (>= 0xE0100 and <= 0xE01EF)
                )
            )
            {
                clean.Append(character);
            }
        }
        return clean.ToString();
    }

    /// <param name="text">cleaned text</param>
    /// <param name="fonts">for the widths</param>
    /// <param name="width">of the line in ems</param>
    public static IEnumerable<string> Break(string text, FontSet fonts, double width)
    {
        foreach (string paragraph in text.Split('\n'))
        {
            Rune[] characters = [.. paragraph.EnumerateRunes()];
            for (int start = 0; start < characters.Length || start == 0; )
            {
                int end = LineEnd(characters, start, fonts, width);
                var line = new StringBuilder();
                foreach (Rune character in characters.AsSpan(start, end - start))
                {
                    line.Append(character);
                }
                yield return line.ToString().TrimEnd(' ');
                start = end;
                while (start < characters.Length && characters[start].Value == ' ')
                {
                    start++;
                }
                if (start >= characters.Length)
                {
                    break;
                }
            }
        }
    }

    private static int LineEnd(Rune[] characters, int start, FontSet fonts, double width)
    {
        double used = 0;
        int end = start;
        while (end < characters.Length && (used += fonts.Width(characters[end])) <= width + 1e-6)
        {
            end++;
        }
        if (end >= characters.Length)
        {
            return characters.Length;
        }
        for (int at = end; at > start; at--)
        {
            if (MayBreak(characters[at - 1], characters[at]))
            {
                return at;
            }
        }
        return Math.Max(end, start + 1); // a word longer than the line
    }

    private static bool MayBreak(Rune before, Rune after)
    {
        if (before.Value == ' ' || after.Value == ' ')
        {
            return true;
        }
        if ((!IsWide(before) && !IsWide(after)) || Listed(NotAtEnd, before) || Listed(NotAtStart, after))
        {
            return false;
        }
        return true;
    }

    private static bool Listed(string list, Rune character) => character.IsBmp && list.Contains((char)character.Value);

    private static bool IsWide(Rune character) => character.Value >= 0x2E80;
}
