using System.Globalization;
using System.Text;
using EContract.Pdf.Filters;
using EContract.Pdf.Fonts;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Appearance;

/// <summary>Writes appearance streams (ISO 32000-2 §12.5.5).</summary>
internal static class AppearanceWriter
{
    private const double ImageShare = 0.4;

    /// <summary>A form that shows nothing.</summary>
    public static PdfStream Empty(double width, double height) =>
        new(
            new PdfDictionary()
                .Set("Type", new PdfName("XObject"))
                .Set("Subtype", new PdfName("Form"))
                .Set("BBox", PdfArray.Numbers(0, 0, width, height))
                .Set("Resources", new PdfDictionary()),
            []
        );

    /// <summary>A form that fills a rectangle in user space and stands upright on a page that is turned when shown.</summary>
    /// <param name="update">gets the form and what it needs</param>
    /// <param name="appearance">what to show</param>
    /// <param name="rectangle">of the annotation, in user space</param>
    /// <param name="rotation">of the page, clockwise degrees</param>
    /// <param name="userUnit">points per unit of user space</param>
    public static PdfReference Write(
        IncrementalUpdate update,
        SignatureAppearance appearance,
        Rectangle rectangle,
        int rotation,
        double userUnit
    )
    {
        bool sideways = rotation is 90 or 270;
        double width = (sideways ? rectangle.Height : rectangle.Width) * userUnit;
        double height = (sideways ? rectangle.Width : rectangle.Height) * userUnit;
        var fonts = new FontSet(appearance.Fonts);
        var content = new StringBuilder();
        var resources = new PdfDictionary();
        Draw(update, appearance, width, height, fonts, content, resources);
        var fontResources = new PdfDictionary();
        fonts.Write(fontResources, update.Add);
        resources.Set("Font", fontResources);

        double unit = 1 / userUnit;
        PdfArray matrix = rotation switch
        {
            90 => PdfArray.Numbers(0, unit, -unit, 0, rectangle.Width, 0),
            180 => PdfArray.Numbers(-unit, 0, 0, -unit, rectangle.Width, rectangle.Height),
            270 => PdfArray.Numbers(0, -unit, unit, 0, 0, rectangle.Height),
            _ => PdfArray.Numbers(unit, 0, 0, unit, 0, 0),
        };
        PdfDictionary form = new PdfDictionary()
            .Set("Type", new PdfName("XObject"))
            .Set("Subtype", new PdfName("Form"))
            .Set("BBox", PdfArray.Numbers(0, 0, width, height))
            .Set("Matrix", matrix)
            .Set("Resources", resources)
            .Set("Filter", new PdfName("FlateDecode"));
        return update.Add(new PdfStream(form, Flate.Encode(Encoding.ASCII.GetBytes(content.ToString()))));
    }

    private static void Draw(
        IncrementalUpdate update,
        SignatureAppearance appearance,
        double width,
        double height,
        FontSet fonts,
        StringBuilder content,
        PdfDictionary resources
    )
    {
        double padding = Math.Min(6, Math.Min(width, height) * 0.08);
        if (appearance.Border)
        {
            content.Append(CultureInfo.InvariantCulture, $"q 0.5 w 0.35 G {F(0.5)} {F(0.5)} {F(width - 1)} {F(height - 1)} re S Q\n");
        }
        double left = padding;
        double inner = height - 2 * padding;
        if (appearance.Image is { } image)
        {
            double share = appearance.Texts.Count == 0 ? width - 2 * padding : (width - 2 * padding) * ImageShare;
            double scale = Math.Min(share / image.Width, inner / image.Height);
            (double w, double h) = (image.Width * scale, image.Height * scale);
            double x = appearance.Texts.Count == 0 ? (width - w) / 2 : left;
            content.Append(CultureInfo.InvariantCulture, $"q {F(w)} 0 0 {F(h)} {F(x)} {F((height - h) / 2)} cm /Im0 Do Q\n");
            resources.Set("XObject", new PdfDictionary().Set("Im0", image.Write(update.Add)));
            left += w + padding;
        }
        if (appearance.Texts.Count > 0)
        {
            content.Append("0 g BT\n");
            foreach (TextLayout.Line line in TextLayout.Fit(appearance.Texts, fonts, width - padding - left, inner, appearance.MaxFontSize))
            {
                content.Append(CultureInfo.InvariantCulture, $"1 0 0 1 {F(left)} {F(height - padding - line.Baseline)} Tm ");
                fonts.Show(content, line.Text, line.Size);
            }
            content.Append("ET\n");
        }
    }

    private static string F(double value) => PdfReal.Format(value);
}
