using EContract.Pdf.Fonts;

namespace EContract.Pdf.Appearance;

/// <summary>Sets paragraphs into a box: the largest size at which all of them, wrapped, are inside.</summary>
internal static class TextLayout
{
    private const double LineHeight = 1.25;
    private const double SmallestSize = 2; // points; below, nobody reads it on paper
    private const int MaxCharacters = 4000;

    /// <summary>A line with its size, and its baseline's distance from the upper side of the box.</summary>
    public readonly record struct Line(string Text, double Size, double Baseline);

    /// <exception cref="PdfRefusedException">the text doesn't fit at any readable size</exception>
    public static IReadOnlyList<Line> Fit(IReadOnlyList<AppearanceText> texts, FontSet fonts, double width, double height, double maxSize)
    {
        AppearanceText[] clean = [.. texts.Select(t => t with { Text = LineBreaker.Clean(t.Text) })];
        if (clean.Sum(t => t.Text.Length) > MaxCharacters)
        {
            throw new PdfRefusedException(PdfRefusal.TextDoesNotFit, $"more than {MaxCharacters} characters");
        }
        if (Set(clean, fonts, width, height, SmallestSize) is not { } best)
        {
            throw new PdfRefusedException(
                PdfRefusal.TextDoesNotFit,
                FormattableString.Invariant($"{width:0.#} × {height:0.#} points are too small for the text even at {SmallestSize} points")
            );
        }
        double low = SmallestSize;
        double high = Math.Max(maxSize, SmallestSize);
        for (int i = 0; i < 12 && high - low > 0.05; i++)
        {
            double size = i == 0 ? high : (low + high) / 2;
            if (Set(clean, fonts, width, height, size) is { } lines)
            {
                (best, low) = (lines, size);
            }
            else
            {
                high = size;
            }
        }
        return best;
    }

    private static List<Line>? Set(AppearanceText[] texts, FontSet fonts, double width, double height, double size)
    {
        var lines = new List<Line>();
        double used = 0;
        foreach (AppearanceText text in texts)
        {
            double own = size * text.Scale;
            foreach (string line in LineBreaker.Break(text.Text, fonts, width / own))
            {
                if (fonts.Width(line) * own > width + 0.01)
                {
                    return null; // one character alone is wider than the box
                }
                // The em box of Japanese type: 0.88 above the baseline, 0.12 below.
                lines.Add(new Line(line, own, used + own * (0.88 + (LineHeight - 1) / 2)));
                used += own * LineHeight;
                if (used > height + 0.01)
                {
                    return null;
                }
            }
        }
        double above = (height - used) / 2;
        return lines.ConvertAll(line => line with { Baseline = line.Baseline + above });
    }
}
