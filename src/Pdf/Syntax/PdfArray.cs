using System.Collections;

namespace EContract.Pdf.Syntax;

/// <summary>An array (ISO 32000-2 §7.3.6).</summary>
public sealed class PdfArray : PdfObject, IReadOnlyList<PdfObject>
{
    private readonly List<PdfObject> _items;

    private PdfArray(List<PdfObject> items, bool _) => _items = items;

    /// <summary>An array of the items.</summary>
    public PdfArray(params ReadOnlySpan<PdfObject> items) => _items = [.. items];

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public PdfObject this[int index] => _items[index];

    /// <summary>An array of numbers, such as a rectangle.</summary>
    public static PdfArray Numbers(params ReadOnlySpan<double> values)
    {
        var items = new List<PdfObject>(values.Length);
        foreach (double value in values)
        {
            items.Add(value == Math.Floor(value) && Math.Abs(value) < 1e9 ? PdfInteger.Of((long)value) : new PdfReal(value));
        }
        return Own(items);
    }

    /// <summary>A copy with one item more at its end.</summary>
    public PdfArray Append(PdfObject item) => Own([.. _items, item]);

    /// <summary>An array around a list that nobody else changes.</summary>
    internal static PdfArray Own(List<PdfObject> items) => new(items, true);

    /// <inheritdoc/>
    public IEnumerator<PdfObject> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal override void Write(PdfOutput output)
    {
        output.Byte((byte)'[');
        foreach (PdfObject item in _items)
        {
            item.Write(output);
        }
        output.Byte((byte)']');
    }
}
