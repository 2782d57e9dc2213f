namespace EContract.Pdf.Syntax;

/// <summary>A boolean (ISO 32000-2 §7.3.2).</summary>
public sealed class PdfBoolean : PdfObject
{
    private PdfBoolean(bool value) => Value = value;

    /// <summary>true</summary>
    public static PdfBoolean True { get; } = new(true);

    /// <summary>false</summary>
    public static PdfBoolean False { get; } = new(false);

    /// <summary>The value.</summary>
    public bool Value { get; }

    internal override void Write(PdfOutput output) => output.Token(Value ? "true" : "false");
}
