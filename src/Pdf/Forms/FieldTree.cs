using EContract.Pdf.Syntax;

namespace EContract.Pdf.Forms;

/// <summary>Walks the fields of the interactive form (ISO 32000-2 §12.7.3, §12.7.4).</summary>
internal sealed class FieldTree(PdfDocument document)
{
    private const int MaxDepth = 64;
    private List<FormField>? _fields;

    /// <summary>All terminal fields, in the order of the form.</summary>
    public IReadOnlyList<FormField> Fields => _fields ??= Read();

    /// <summary>The terminal field of this fully qualified name.</summary>
    public FormField? Find(string name) => Fields.FirstOrDefault(f => f.Name == name);

    private List<FormField> Read()
    {
        var found = new List<FormField>();
        if (
            document.Get<PdfDictionary>(document.Catalog, "AcroForm") is not { } form
            || document.Get<PdfArray>(form, "Fields") is not { } roots
        )
        {
            return found;
        }
        var visited = new HashSet<int>();
        foreach (PdfObject root in roots)
        {
            Visit(root, new Inherited("", null, null), 0, visited, found);
        }
        return found;
    }

    private void Visit(PdfObject node, Inherited inherited, int depth, HashSet<int> visited, List<FormField> found)
    {
        var reference = node as PdfReference;
        if (document.Resolve(node) is not PdfDictionary field || (reference is not null && !visited.Add(reference.Number)))
        {
            return; // a reference to nothing, or a field met before: a loop can't name a field twice
        }
        if (depth > MaxDepth || found.Count + visited.Count > document.Limits.MaxTreeNodes)
        {
            throw new PdfRefusedException(PdfRefusal.TooLarge, "the form has too many or too deeply nested fields");
        }
        string name = inherited.Name;
        if (document.Get<PdfString>(field, "T") is { } partial)
        {
            name = name.Length == 0 ? partial.ToText() : $"{name}.{partial.ToText()}";
        }
        inherited = new Inherited(name, document.Get<PdfName>(field, "FT")?.Value ?? inherited.Type, field["V"] ?? inherited.Value);
        PdfArray? kids = document.Get<PdfArray>(field, "Kids");
        List<PdfObject> widgets = [];
        bool interior = false;
        foreach (PdfObject kid in kids ?? [])
        {
            if (document.Resolve(kid) is PdfDictionary { } child && child["T"] is null && child["Kids"] is null)
            {
                widgets.Add(kid);
            }
            else
            {
                interior = true;
                Visit(kid, inherited, depth + 1, visited, found);
            }
        }
        if (!interior)
        {
            PdfReference? widget =
                kids is { Count: > 0 } ? widgets.OfType<PdfReference>().FirstOrDefault()
                : field.HasName("Subtype", "Widget") ? reference
                : null;
            found.Add(new FormField(name, inherited.Type, reference, field, inherited.Value, widget));
        }
    }

    private sealed record Inherited(string Name, string? Type, PdfObject? Value);
}
