namespace EContract.Pdf.Syntax;

/// <summary>An integer or a real (ISO 32000-2 §7.3.3).</summary>
public abstract class PdfNumber : PdfObject
{
    /// <summary>The value, rounded to a double.</summary>
    public abstract double AsDouble { get; }
}
