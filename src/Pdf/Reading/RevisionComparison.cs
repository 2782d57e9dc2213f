using EContract.Pdf.Forms;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>
/// Finds what differs between two revisions of a document by walking both from the trailer, each part under the rule of what it is. What isn't known to be
/// harmless is <see cref="ModificationLevel.Other"/> (docs/adr/0054).
/// </summary>
internal static class RevisionComparison
{
    // What an update's own trailer must differ in, and what only says how its section is written.
    private static readonly HashSet<string> OfTheSection =
    [
        "Size",
        "Prev",
        "XRefStm",
        "ID",
        "Info",
        "Root",
        "Type",
        "W",
        "Index",
        "Length",
        "Filter",
        "DecodeParms",
        "DL",
    ];

    public static IReadOnlyList<RevisionChange> Compare(PdfDocument before, PdfDocument after)
    {
        var oldFields = new FieldTree(before);
        var newFields = new FieldTree(after);
        HashSet<int> oldWidgets = Widgets(before, oldFields);
        HashSet<int> newWidgets = Widgets(after, newFields);
        // In both revisions: an object that becomes a field or a page only now was something else before, and is judged as that, too.
        HashSet<int> apart = [.. PagesAndForm(before).Intersect(PagesAndForm(after)), .. oldWidgets.Intersect(newWidgets)];
        var graph = new GraphComparison(before, after, apart);

        if (before.CatalogReference.Number != after.CatalogReference.Number)
        {
            graph.Report(new DocumentPath("Root"), ModificationLevel.Other, "another catalog");
        }
        graph.CompareKeys(null, before.Trailer, after.Trailer, key => OfTheSection.Contains(key) ? null : ModificationLevel.Other);
        graph.Enqueue(new DocumentPath("Info"), before.Trailer["Info"], after.Trailer["Info"], ModificationLevel.ValidationData);
        var root = new DocumentPath("Root");
        PdfDictionary old = before.Catalog;
        PdfDictionary now = after.Catalog;
        graph.CompareKeys(
            root,
            old,
            now,
            key =>
                key switch
                {
                    "Pages" or "AcroForm" => null,
                    "DSS" or "Extensions" or "Metadata" or "Version" => ModificationLevel.ValidationData,
                    _ => ModificationLevel.Other,
                }
        );
        var fields = new FieldComparison(graph, oldFields, newFields);
        fields.CompareForms(root.Add("AcroForm"), before.Get<PdfDictionary>(old, "AcroForm"), after.Get<PdfDictionary>(now, "AcroForm"));
        fields.CompareFields();
        HashSet<int> widgets = [.. oldWidgets.Intersect(newWidgets)];
        new PageComparison(graph, widgets, newWidgets).Compare(root.Add("Pages"), old["Pages"], now["Pages"]);
        return graph.Finish();
    }

    private static HashSet<int> Widgets(PdfDocument document, FieldTree fields) =>
        [
            .. fields
                .Fields.SelectMany(field => (document.Get<PdfArray>(field.Dictionary, "Kids") ?? []).Prepend(field.Reference))
                .OfType<PdfReference>()
                .Select(reference => reference.Number),
        ];

    private static HashSet<int> PagesAndForm(PdfDocument document)
    {
        var numbers = new HashSet<int>();
        void Add(PdfObject? value)
        {
            if (value is PdfReference reference)
            {
                numbers.Add(reference.Number);
            }
        }
        foreach (Page page in new PageTree(document).All())
        {
            Add(page.Reference);
            foreach (PdfObject annotation in document.Get<PdfArray>(page.Dictionary, "Annots") ?? [])
            {
                Add(annotation);
            }
        }
        Add(document.Catalog["AcroForm"]);
        Add(document.Catalog["Pages"]);
        return numbers;
    }
}
