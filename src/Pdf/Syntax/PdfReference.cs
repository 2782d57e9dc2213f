namespace EContract.Pdf.Syntax;

/// <summary>An indirect reference (ISO 32000-2 §7.3.10).</summary>
public sealed class PdfReference(int number, int generation) : PdfObject, IEquatable<PdfReference>
{
    /// <summary>The object number, from 1.</summary>
    public int Number { get; } = number;

    /// <summary>The generation, 0…65535.</summary>
    public int Generation { get; } = generation;

    /// <inheritdoc/>
    public bool Equals(PdfReference? other) => other is not null && Number == other.Number && Generation == other.Generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PdfReference);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Number, Generation);

    internal override void Write(PdfOutput output)
    {
        output.Integer(Number);
        output.Integer(Generation);
        output.Token("R");
    }
}
