using System.Text;

namespace EContract.Pdf.Syntax;

/// <summary>A name (ISO 32000-2 §7.3.5); <see cref="Value"/> has one char per byte, #-escapes resolved, without the solidus.</summary>
public sealed class PdfName : PdfObject, IEquatable<PdfName>
{
    /// <summary>The name of a value of chars U+0001…U+00FF.</summary>
    public PdfName(string value) => Value = value;

    /// <summary>The name without solidus.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public bool Equals(PdfName? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PdfName);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    internal static void Write(PdfOutput output, string value)
    {
        output.Byte((byte)'/');
        foreach (char c in value)
        {
            if (c is > '!' and <= '~' && c != '#' && !Characters.IsDelimiter((byte)c))
            {
                output.Byte((byte)c);
            }
            else
            {
                output.Byte((byte)'#');
                output.HexByte((byte)c);
            }
        }
    }

    internal override void Write(PdfOutput output) => Write(output, Value);

    /// <summary>The name read as UTF-8, which is how field and font names are shown (ISO 32000-2 §7.3.5).</summary>
    public string ToText() => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Value));
}
