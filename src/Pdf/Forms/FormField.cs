using EContract.Pdf.Syntax;

namespace EContract.Pdf.Forms;

/// <summary>A terminal field of the form, with what it inherits (ISO 32000-2 §12.7.4).</summary>
/// <param name="Name">fully qualified name</param>
/// <param name="Type">/FT, possibly inherited; null where missing</param>
/// <param name="Reference">the field's object; null where it is written directly into its parent</param>
/// <param name="Dictionary">the field dictionary</param>
/// <param name="Value">/V, possibly inherited, not resolved; null where missing</param>
/// <param name="WidgetReference">its first widget's object: the field itself where both are merged; null where it has none</param>
internal sealed record FormField(
    string Name,
    string? Type,
    PdfReference? Reference,
    PdfDictionary Dictionary,
    PdfObject? Value,
    PdfReference? WidgetReference
)
{
    public bool IsSignature => Type == "Sig";
}
