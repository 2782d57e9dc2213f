namespace EContract.Pdf.Syntax;

/// <summary>An integer (ISO 32000-2 §7.3.3).</summary>
public sealed class PdfInteger : PdfNumber
{
    private static readonly PdfInteger[] Small = [.. Enumerable.Range(0, 256).Select(i => new PdfInteger(i))];

    private PdfInteger(long value) => Value = value;

    /// <summary>The value.</summary>
    public long Value { get; }

    /// <inheritdoc/>
    public override double AsDouble => Value;

    /// <summary>The integer object of a value.</summary>
    public static PdfInteger Of(long value) => value is >= 0 and < 256 ? Small[value] : new PdfInteger(value);

    internal override void Write(PdfOutput output) => output.Integer(Value);
}
