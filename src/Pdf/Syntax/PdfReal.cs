using System.Globalization;

namespace EContract.Pdf.Syntax;

/// <summary>A real number (ISO 32000-2 §7.3.3). Its text is kept, so that rewriting an object never moves anything by rounding.</summary>
public sealed class PdfReal : PdfNumber
{
    private readonly string _text;

    internal PdfReal(string text, double value)
    {
        _text = text;
        AsDouble = value;
    }

    /// <summary>A real of at most four decimals, without exponent.</summary>
    public PdfReal(double value)
        : this(Format(value), value) { }

    /// <inheritdoc/>
    public override double AsDouble { get; }

    internal static string Format(double value)
    {
        string text = value.ToString("0.####", CultureInfo.InvariantCulture);
        return text is "-0" ? "0" : text;
    }

    internal override void Write(PdfOutput output) => output.Token(_text);
}
