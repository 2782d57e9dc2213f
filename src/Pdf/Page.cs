using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>A page with what it inherits, and the way from what a person sees to its user space.</summary>
internal sealed class Page
{
    // Where a page has no box at all, viewers show US letter.
    private static readonly Rectangle Letter = new(0, 0, 612, 792);

    public Page(
        PdfDocument document,
        PdfReference reference,
        PdfDictionary dictionary,
        PdfObject? mediaBox,
        PdfObject? cropBox,
        PdfObject? rotate
    )
    {
        Reference = reference;
        Dictionary = dictionary;
        Rectangle media = Rectangle.From(mediaBox, document) is { Width: > 0, Height: > 0 } box ? box : Letter;
        // §14.11.2.1: the crop box is clipped to the media box.
        Visible = Rectangle.From(cropBox, document)?.Intersect(media) ?? media;
        double turn = (document.Resolve(rotate) as PdfNumber)?.AsDouble ?? 0;
        Rotation = turn % 90 == 0 ? (int)((turn % 360 + 360) % 360) : 0;
        double unit = (document.Resolve(dictionary["UserUnit"]) as PdfNumber)?.AsDouble ?? 1;
        UserUnit = unit is > 0 and < 1e6 ? unit : 1;
    }

    public PdfReference Reference { get; }

    public PdfDictionary Dictionary { get; }

    /// <summary>The visible part in user space.</summary>
    public Rectangle Visible { get; }

    /// <summary>How far the page is turned clockwise when shown: 0, 90, 180 or 270 (§7.7.3.3).</summary>
    public int Rotation { get; }

    /// <summary>Size of a user-space unit in points (§7.7.3.3).</summary>
    public double UserUnit { get; }

    /// <summary>Size in points as shown.</summary>
    public (double Width, double Height) ShownSize =>
        Rotation is 90 or 270
            ? (Visible.Height * UserUnit, Visible.Width * UserUnit)
            : (Visible.Width * UserUnit, Visible.Height * UserUnit);

    /// <summary>The rectangle in user space of one that is given in points from the lower-left corner of the page as shown.</summary>
    public Rectangle ToUserSpace(Rectangle shown)
    {
        var r = new Rectangle(shown.X / UserUnit, shown.Y / UserUnit, shown.Width / UserUnit, shown.Height / UserUnit);
        return Rotation switch
        {
            // Shown x runs along user -y…: derived from turning the page clockwise about its corner.
            90 => new Rectangle(Visible.Right - r.Top, Visible.Y + r.X, r.Height, r.Width),
            180 => new Rectangle(Visible.Right - r.Right, Visible.Top - r.Top, r.Width, r.Height),
            270 => new Rectangle(Visible.X + r.Y, Visible.Top - r.Right, r.Height, r.Width),
            _ => r with { X = Visible.X + r.X, Y = Visible.Y + r.Y },
        };
    }
}
