namespace EContract.Pdf.Syntax;

/// <summary>The null object (ISO 32000-2 §7.3.9), also the value of a reference to nothing (§7.3.10).</summary>
public sealed class PdfNull : PdfObject
{
    private PdfNull() { }

    /// <summary>The one null.</summary>
    public static PdfNull Instance { get; } = new();

    internal override void Write(PdfOutput output) => output.Token("null");
}
