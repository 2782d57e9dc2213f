using EContract.Pdf.CrossReference;
using EContract.Pdf.Forms;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>What happened to the form and its fields: filled, signed, added, removed, turned into something else.</summary>
internal sealed class FieldComparison(GraphComparison graph, FieldTree before, FieldTree after)
{
    private const int MaxDepth = 64;
    private static readonly string[] Filling = ["V", "AP", "AS", "I", "TI", "RV", "M", "MK"];

    public void CompareForms(DocumentPath path, PdfDictionary? old, PdfDictionary? now)
    {
        if (now is null)
        {
            if (old is not null)
            {
                graph.Report(path, ModificationLevel.Other, "the form was removed");
            }
            return;
        }
        graph.CompareKeys(
            path,
            old ?? new PdfDictionary(),
            now,
            key =>
                key switch
                {
                    "Fields" or "SigFlags" => null, // the fields one by one; the flags only tell that there are signatures
                    "DR" or "DA" or "NeedAppearances" or "Q" => ModificationLevel.FormFilling,
                    _ => ModificationLevel.Other,
                }
        );
    }

    public void CompareFields()
    {
        var old = new Dictionary<string, FormField>();
        foreach (FormField field in before.Fields)
        {
            old.TryAdd(field.Name, field);
        }
        foreach (FormField now in after.Fields)
        {
            var path = new DocumentPath($"field {now.Name}");
            if (old.Remove(now.Name, out FormField? earlier))
            {
                CompareField(path, earlier, now);
            }
            else if (!now.IsSignature || now.Reference is null)
            {
                graph.Report(path, ModificationLevel.Other, "a form field was added", now.Name);
            }
            else if (graph.Before.CrossReference[now.Reference.Number].Kind is EntryKind.InFile or EntryKind.InObjectStream)
            {
                // What was something else before is still that to whoever refers to it.
                graph.Report(path, ModificationLevel.Other, "an object was turned into a signature field", now.Name);
            }
            else
            {
                graph.Report(path, LevelOfSignature(now), "a signature field was added", now.Name);
            }
        }
        foreach (FormField removed in old.Values)
        {
            graph.Report(new DocumentPath($"field {removed.Name}"), ModificationLevel.Other, "a form field was removed", removed.Name);
        }
    }

    private void CompareField(DocumentPath path, FormField old, FormField now)
    {
        if (old.Reference?.Number != now.Reference?.Number || old.Type != now.Type)
        {
            graph.Report(path, ModificationLevel.Other, "the field was replaced", now.Name);
            return;
        }
        bool wasSigned = old.IsSignature && graph.Before.Resolve(old.Value) is not null;
        ModificationLevel filling =
            wasSigned ? ModificationLevel.Other
            : now.IsSignature ? LevelOfSignature(now)
            : ModificationLevel.FormFilling;
        ModificationLevel? Rule(string key) =>
            key is "Parent" or "P" or "Kids" ? null
            : Filling.Contains(key) ? filling
            : ModificationLevel.Other;
        graph.CompareKeys(path, old.Dictionary, now.Dictionary, Rule, now.Name);
        CompareParents(path, old.Dictionary, now.Dictionary, Rule, now.Name);
        PdfArray oldKids = graph.Before.Get<PdfArray>(old.Dictionary, "Kids") ?? new PdfArray();
        PdfArray newKids = graph.After.Get<PdfArray>(now.Dictionary, "Kids") ?? new PdfArray();
        if (oldKids.Count != newKids.Count)
        {
            graph.Report(path, ModificationLevel.Other, "the field's widgets were added or removed", now.Name);
            return;
        }
        for (int i = 0; i < newKids.Count; i++)
        {
            bool same = (oldKids[i] as PdfReference)?.Number == (newKids[i] as PdfReference)?.Number;
            if (same && graph.Before.Resolve(oldKids[i]) is PdfDictionary a && graph.After.Resolve(newKids[i]) is PdfDictionary b)
            {
                graph.CompareKeys(path.Add($"Kids[{i}]"), a, b, Rule, now.Name);
            }
            else
            {
                graph.Report(path, ModificationLevel.Other, "a widget of the field was replaced", now.Name);
            }
        }
    }

    // What a field inherits is part of it.
    private void CompareParents(DocumentPath path, PdfDictionary old, PdfDictionary now, Func<string, ModificationLevel?> rule, string name)
    {
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            PdfDictionary? oldParent = graph.Before.Get<PdfDictionary>(old, "Parent");
            PdfDictionary? newParent = graph.After.Get<PdfDictionary>(now, "Parent");
            if (oldParent is null && newParent is null)
            {
                return;
            }
            path = path.Add("Parent");
            if (oldParent is null || newParent is null)
            {
                graph.Report(path, ModificationLevel.Other, "the field was moved", name);
                return;
            }
            graph.CompareKeys(path, oldParent, newParent, rule, name);
            (old, now) = (oldParent, newParent);
        }
    }

    private ModificationLevel LevelOfSignature(FormField field) =>
        graph.After.Resolve(field.Value) is PdfDictionary signature
        && graph.After.Get<PdfName>(signature, "SubFilter")?.Value == "ETSI.RFC3161"
            ? ModificationLevel.ValidationData
            : ModificationLevel.FormFilling;
}
