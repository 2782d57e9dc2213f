using System.Text;
using EContract.Pdf.Appearance;
using EContract.Pdf.Fonts;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Authoring;

/// <summary>Fonts that stand in for each other in one document, the first preferred. Made by <see cref="PaperDocument.AddTypeface"/>.</summary>
public sealed class Typeface
{
    private readonly FontSet _fonts;

    internal Typeface(IReadOnlyList<TrueTypeFont> fonts, string prefix) => _fonts = new FontSet(fonts, prefix);

    /// <summary>Width of a text in points.</summary>
    public double Width(string text, double size) => _fonts.Width(text) * size;

    /// <summary>Breaks a text into lines of at most a width in points, by the Japanese line-breaking rules.</summary>
    public IReadOnlyList<string> Break(string text, double size, double width) =>
        [.. LineBreaker.Break(LineBreaker.Clean(text), _fonts, width / size)];

    internal void Show(StringBuilder content, string text, double size) => _fonts.Show(content, text, size);

    internal void Write(PdfDictionary resources, Func<PdfObject, PdfReference> add) => _fonts.Write(resources, add);
}
