using System.Globalization;
using System.Text;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Authoring;

/// <summary>A page being drawn; points from its lower-left corner. Made by <see cref="PaperDocument.AddPage"/>.</summary>
public sealed class PaperPage
{
    internal PaperPage(double width, double height) => (Width, Height) = (width, height);

    /// <summary>Width in points.</summary>
    public double Width { get; }

    /// <summary>Height in points.</summary>
    public double Height { get; }

    internal StringBuilder Content { get; } = new();

    /// <summary>Sets a line of text with its baseline's left end at a point.</summary>
    public void Text(Typeface typeface, double size, double x, double y, string text)
    {
        Content.Append(CultureInfo.InvariantCulture, $"BT 1 0 0 1 {F(x)} {F(y)} Tm ");
        typeface.Show(Content, text, size);
        Content.Append("ET\n");
    }

    /// <summary>Draws a straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, double width = 0.5) =>
        Content.Append(CultureInfo.InvariantCulture, $"{F(width)} w {F(x1)} {F(y1)} m {F(x2)} {F(y2)} l S\n");

    /// <summary>Draws a frame.</summary>
    public void Frame(Rectangle box, double width = 0.5) =>
        Content.Append(CultureInfo.InvariantCulture, $"{F(width)} w {F(box.X)} {F(box.Y)} {F(box.Width)} {F(box.Height)} re S\n");

    private static string F(double value) => PdfReal.Format(value);
}
