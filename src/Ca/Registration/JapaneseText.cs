using System.Text;

namespace EContract.Ca.Registration;

/// <summary>
/// One form for text that Japanese keyboards and old systems write in several: full-width ASCII, half-width katakana, separate
/// voicing marks. By hand, since the process runs without ICU, where <see cref="string.Normalize()"/> changes nothing.
/// </summary>
internal static class JapaneseText
{
    // JIS X 0201 katakana U+FF61…U+FF9D in order.
    private const string HalfWidth =
        "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    private const string Voiceable = "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ";
    private const string SemiVoiceable = "はひふへほハヒフヘホ";

    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            switch (c)
            {
                case >= '\uFF01' and <= '\uFF5E':
                    folded.Append((char)(c - 0xFEE0));
                    break;
                case '\u3000':
                    folded.Append(' ');
                    break;
                case >= '\uFF61' and <= '\uFF9D':
                    folded.Append(HalfWidth[c - 0xFF61]);
                    break;
                case '\u3099' or '\uFF9E' or '\u309B':
                    Voice(folded, c, Voiceable, 1);
                    break;
                case '\u309A' or '\uFF9F' or '\u309C':
                    Voice(folded, c, SemiVoiceable, 2);
                    break;
                default:
                    folded.Append(c);
                    break;
            }
        }

        return folded.ToString();
    }

    // In Unicode the voiced kana follows its base by one, the semi-voiced by two; ヴ is apart.
    private static void Voice(StringBuilder text, char mark, string bases, int distance)
    {
        if (text.Length > 0 && bases.Contains(text[^1]))
        {
            text[^1] = (char)(text[^1] + distance);
        }
        else if (text.Length > 0 && distance == 1 && text[^1] == 'ウ')
        {
            text[^1] = 'ヴ';
        }
        else
        {
            text.Append(mark);
        }
    }
}
