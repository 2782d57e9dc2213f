using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>A rectangle in points (1/72 inch), lower-left corner and size.</summary>
public readonly record struct Rectangle(double X, double Y, double Width, double Height)
{
    /// <summary>The x of the right side.</summary>
    public double Right => X + Width;

    /// <summary>The y of the upper side.</summary>
    public double Top => Y + Height;

    /// <summary>Reads a PDF rectangle, its corners in any order (ISO 32000-2 §7.9.5); null if it is none.</summary>
    internal static Rectangle? From(PdfObject? value, PdfDocument document)
    {
        if (document.Resolve(value) is not PdfArray { Count: >= 4 } array)
        {
            return null;
        }
        Span<double> n = stackalloc double[4];
        for (int i = 0; i < 4; i++)
        {
            if (document.Resolve(array[i]) is not PdfNumber number || !double.IsFinite(number.AsDouble) || Math.Abs(number.AsDouble) > 1e7)
            {
                return null;
            }
            n[i] = number.AsDouble;
        }
        return new Rectangle(Math.Min(n[0], n[2]), Math.Min(n[1], n[3]), Math.Abs(n[2] - n[0]), Math.Abs(n[3] - n[1]));
    }

    internal PdfArray ToArray() => PdfArray.Numbers(X, Y, Right, Top);

    /// <summary>The part common to both, or null if there is none.</summary>
    internal Rectangle? Intersect(Rectangle other)
    {
        double x = Math.Max(X, other.X);
        double y = Math.Max(Y, other.Y);
        double right = Math.Min(Right, other.Right);
        double top = Math.Min(Top, other.Top);
        return right > x && top > y ? new Rectangle(x, y, right - x, top - y) : null;
    }

    /// <summary>Whether the other lies wholly inside, a hundredth of a point of rounding allowed.</summary>
    internal bool Contains(Rectangle other) =>
        other.X >= X - 0.01 && other.Y >= Y - 0.01 && other.Right <= Right + 0.01 && other.Top <= Top + 0.01;
}
