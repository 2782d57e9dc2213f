using System.Text;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Fonts;

/// <summary>Fonts in order of preference while one text is set: measures it, encodes it, and embeds what was used.</summary>
internal sealed class FontSet(IReadOnlyList<TrueTypeFont> fonts, string prefix = "F")
{
    private readonly FontSubset?[] _subsets = new FontSubset?[fonts.Count];

    /// <summary>Width in ems.</summary>
    public double Width(Rune character)
    {
        TrueTypeFont font = fonts[FontOf(character)];
        return (double)font.Advance(font.Glyph(character)) / font.UnitsPerEm;
    }

    /// <summary>Width in ems.</summary>
    public double Width(string text)
    {
        double width = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            width += Width(character);
        }
        return width;
    }

    /// <summary>Writes the operators that show a text at the current position.</summary>
    public void Show(StringBuilder content, string text, double size)
    {
        int current = -1;
        foreach (Rune character in text.EnumerateRunes())
        {
            int font = FontOf(character);
            if (font != current)
            {
                content
                    .Append(current < 0 ? "" : "> Tj ")
                    .Append(System.Globalization.CultureInfo.InvariantCulture, $"/{prefix}{font} {PdfReal.Format(size)} Tf <");
                current = font;
            }
            content.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{(_subsets[font] ??= new FontSubset(fonts[font])).Encode(character):X4}"
            );
        }
        content.Append(current < 0 ? "" : "> Tj\n");
    }

    /// <summary>Embeds the fonts of what was shown, and names them in /Font resources.</summary>
    public void Write(PdfDictionary resources, Func<PdfObject, PdfReference> add)
    {
        for (int i = 0; i < _subsets.Length; i++)
        {
            if (_subsets[i] is { } subset)
            {
                resources.Set($"{prefix}{i}", subset.Write(add));
            }
        }
    }

    private int FontOf(Rune character)
    {
        for (int i = 0; i < fonts.Count; i++)
        {
            if (fonts[i].Glyph(character) != 0)
            {
                return i;
            }
        }
        // A name with a box instead of a character would be another name.
        throw new PdfRefusedException(PdfRefusal.FontUnusable, $"no font has U+{character.Value:X4}");
    }
}
