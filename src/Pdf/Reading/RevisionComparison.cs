using EContract.Pdf.CrossReference;
using EContract.Pdf.Forms;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>
/// Finds what differs between two revisions of a document by walking both from the trailer, each part under the rule of what it is: a page's content,
/// a field's value, an annotation, validation data. What isn't known to be harmless is <see cref="ModificationLevel.Other"/>. An object that is
/// reached on several ways is judged on each: an appearance that is also a page's content is content.
/// </summary>
internal sealed class RevisionComparison
{
    private static readonly string[] FieldFilling = ["V", "AP", "AS", "I", "TI", "RV", "M", "MK"];
    private static readonly string[] Structure =
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

    private readonly PdfDocument _before;
    private readonly PdfDocument _after;
    private readonly FieldTree _oldFields;
    private readonly FieldTree _newFields;
    private readonly HashSet<int> _judgedElsewhere = [];
    private readonly HashSet<int> _widgetsOfFields = [];
    private readonly HashSet<(int, int, ModificationLevel)> _visited = [];
    private readonly Queue<Pair> _pending = new();
    private readonly List<RevisionChange> _changes = [];

    private RevisionComparison(PdfDocument before, PdfDocument after)
    {
        (_before, _after) = (before, after);
        (_oldFields, _newFields) = (new FieldTree(before), new FieldTree(after));
    }

    public static IReadOnlyList<RevisionChange> Compare(PdfDocument before, PdfDocument after)
    {
        var comparison = new RevisionComparison(before, after);
        comparison.CompareTrailers();
        comparison.Drain();
        return comparison._changes;
    }

    private void CompareTrailers()
    {
        if (_before.CatalogReference.Number != _after.CatalogReference.Number)
        {
            Report(new Path("Root"), ModificationLevel.Other, "another catalog");
        }
        CompareKeys(null, _before.Trailer, _after.Trailer, key => Structure.Contains(key) ? null : ModificationLevel.Other);
        Enqueue(new Path("Info"), _before.Trailer["Info"], _after.Trailer["Info"], ModificationLevel.ValidationData);
        var root = new Path("Root");
        PdfDictionary old = _before.Catalog;
        PdfDictionary now = _after.Catalog;
        CollectOwned(_before, _oldFields);
        CollectOwned(_after, _newFields);
        CompareKeys(
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
        CompareForms(root.Add("AcroForm"), _before.Get<PdfDictionary>(old, "AcroForm"), _after.Get<PdfDictionary>(now, "AcroForm"));
        CompareFields();
        ComparePages(root.Add("Pages"), old["Pages"], now["Pages"]);
    }

    /// <summary>Objects that have a rule of their own and are passed by when something else refers to them.</summary>
    private void CollectOwned(PdfDocument document, FieldTree fields)
    {
        foreach (FormField field in fields.Fields)
        {
            foreach (PdfObject? part in (document.Get<PdfArray>(field.Dictionary, "Kids") ?? []).Prepend(field.Reference))
            {
                AddOwned(part as PdfReference);
                if (document == _after && part is PdfReference widget)
                {
                    _widgetsOfFields.Add(widget.Number);
                }
            }
        }
        foreach (Page page in new PageTree(document).All())
        {
            AddOwned(page.Reference);
            foreach (PdfObject annotation in document.Get<PdfArray>(page.Dictionary, "Annots") ?? [])
            {
                AddOwned(annotation as PdfReference);
            }
        }
        AddOwned(document.Catalog["AcroForm"] as PdfReference);
        AddOwned(document.Catalog["Pages"] as PdfReference);
    }

    private void AddOwned(PdfReference? reference)
    {
        if (reference is not null)
        {
            _judgedElsewhere.Add(reference.Number);
        }
    }

    private void CompareForms(Path path, PdfDictionary? old, PdfDictionary? now)
    {
        if (now is null)
        {
            if (old is not null)
            {
                Report(path, ModificationLevel.Other, "the form was removed");
            }
            return;
        }
        CompareKeys(
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

    private void CompareFields()
    {
        var old = new Dictionary<string, FormField>();
        foreach (FormField field in _oldFields.Fields)
        {
            old.TryAdd(field.Name, field);
        }
        foreach (FormField now in _newFields.Fields)
        {
            var path = new Path($"field {now.Name}");
            if (old.Remove(now.Name, out FormField? before))
            {
                CompareField(path, before, now);
            }
            else if (now.IsSignature)
            {
                Report(path, LevelOfSignature(now), "a signature field was added", now.Name);
            }
            else
            {
                Report(path, ModificationLevel.Other, "a form field was added", now.Name);
            }
        }
        foreach (FormField removed in old.Values)
        {
            Report(new Path($"field {removed.Name}"), ModificationLevel.Other, "a form field was removed", removed.Name);
        }
    }

    private void CompareField(Path path, FormField old, FormField now)
    {
        if (old.Reference?.Number != now.Reference?.Number || old.Type != now.Type)
        {
            Report(path, ModificationLevel.Other, "the field was replaced", now.Name);
            return;
        }
        bool wasSigned = old.IsSignature && _before.Resolve(old.Value) is not null;
        ModificationLevel filling =
            wasSigned ? ModificationLevel.Other
            : now.IsSignature ? LevelOfSignature(now)
            : ModificationLevel.FormFilling;
        ModificationLevel? Rule(string key) =>
            key is "Parent" or "P" or "Kids" ? null
            : FieldFilling.Contains(key) ? filling
            : ModificationLevel.Other;
        CompareKeys(path, old.Dictionary, now.Dictionary, Rule, now.Name);
        PdfArray oldKids = _before.Get<PdfArray>(old.Dictionary, "Kids") ?? new PdfArray();
        PdfArray newKids = _after.Get<PdfArray>(now.Dictionary, "Kids") ?? new PdfArray();
        if (oldKids.Count != newKids.Count)
        {
            Report(path, ModificationLevel.Other, "the field's widgets were added or removed", now.Name);
            return;
        }
        for (int i = 0; i < newKids.Count; i++)
        {
            if (_before.Resolve(oldKids[i]) is PdfDictionary a && _after.Resolve(newKids[i]) is PdfDictionary b)
            {
                CompareKeys(path.Add($"Kids[{i}]"), a, b, Rule, now.Name);
            }
        }
    }

    private ModificationLevel LevelOfSignature(FormField field) =>
        _after.Resolve(field.Value) is PdfDictionary signature && _after.Get<PdfName>(signature, "SubFilter")?.Value == "ETSI.RFC3161"
            ? ModificationLevel.ValidationData
            : ModificationLevel.FormFilling;

    private void ComparePages(Path path, PdfObject? oldRoot, PdfObject? newRoot)
    {
        var nodes = new Stack<(Path, PdfObject?, PdfObject?)>([(path, oldRoot, newRoot)]);
        for (int visited = 0; nodes.TryPop(out (Path Path, PdfObject? Old, PdfObject? New) node); )
        {
            if (++visited > _after.Limits.MaxTreeNodes)
            {
                throw new PdfRefusedException(PdfRefusal.TooLarge, $"a page tree of more than {_after.Limits.MaxTreeNodes} nodes");
            }
            if (
                _before.Resolve(node.Old) is not PdfDictionary old
                || _after.Resolve(node.New) is not PdfDictionary now
                || (node.Old as PdfReference)?.Number != (node.New as PdfReference)?.Number
            )
            {
                if (_before.Resolve(node.Old) is not null || _after.Resolve(node.New) is not null)
                {
                    Report(node.Path, ModificationLevel.Other, "a page was replaced");
                }
                continue;
            }
            AddOwned(node.New as PdfReference);
            CompareKeys(node.Path, old, now, key => key is "Parent" or "Kids" or "Annots" ? null : ModificationLevel.Other);
            CompareAnnotations(node.Path.Add("Annots"), old, now);
            PdfArray oldKids = _before.Get<PdfArray>(old, "Kids") ?? new PdfArray();
            PdfArray newKids = _after.Get<PdfArray>(now, "Kids") ?? new PdfArray();
            if (oldKids.Count != newKids.Count)
            {
                Report(node.Path, ModificationLevel.Other, "pages were added or removed");
                continue;
            }
            for (int i = 0; i < newKids.Count; i++)
            {
                nodes.Push((node.Path.Add($"Kids[{i}]"), oldKids[i], newKids[i]));
            }
        }
    }

    private void CompareAnnotations(Path path, PdfDictionary oldPage, PdfDictionary newPage)
    {
        PdfArray old = _before.Get<PdfArray>(oldPage, "Annots") ?? new PdfArray();
        PdfArray now = _after.Get<PdfArray>(newPage, "Annots") ?? new PdfArray();
        var known = new Dictionary<int, PdfObject>();
        foreach (PdfObject annotation in old)
        {
            if (annotation is PdfReference reference)
            {
                known.TryAdd(reference.Number, annotation);
            }
        }
        for (int i = 0; i < now.Count; i++)
        {
            Path at = path.Add($"[{i}]");
            PdfDictionary? shown = _after.Resolve(now[i]) as PdfDictionary;
            bool widget = shown?.HasName("Subtype", "Widget") == true;
            if (now[i] is not PdfReference reference)
            {
                Enqueue(at, i < old.Count ? old[i] : null, now[i], ModificationLevel.Annotating);
            }
            else if (known.Remove(reference.Number, out PdfObject? before))
            {
                if (!_widgetsOfFields.Contains(reference.Number))
                {
                    // An annotation can't turn into a widget or back.
                    bool was = (_before.Resolve(before) as PdfDictionary)?.HasName("Subtype", "Widget") == true;
                    ModificationLevel level = widget || was ? ModificationLevel.Other : ModificationLevel.Annotating;
                    EnqueueContent(at, _before.Resolve(before), _after.Resolve(reference), level);
                }
            }
            else if (!widget)
            {
                Report(at, ModificationLevel.Annotating, "an annotation was added");
            }
            else if (!_widgetsOfFields.Contains(reference.Number))
            {
                Report(at, ModificationLevel.Other, "a widget without a field was added");
            }
        }
        foreach (int removed in known.Keys)
        {
            bool widget = (_before.Resolve(known[removed]) as PdfDictionary)?.HasName("Subtype", "Widget") == true;
            Report(path, widget ? ModificationLevel.Other : ModificationLevel.Annotating, $"annotation {removed} was removed");
        }
    }

    private void CompareKeys(Path? path, PdfDictionary old, PdfDictionary now, Func<string, ModificationLevel?> rule, string? field = null)
    {
        foreach (string key in now.Select(e => e.Key).Union(old.Select(e => e.Key)))
        {
            if (rule(key) is { } level)
            {
                Enqueue(path?.Add(key) ?? new Path(key), old[key], now[key], level, field);
            }
        }
    }

    private void Enqueue(Path path, PdfObject? old, PdfObject? now, ModificationLevel level, string? field = null)
    {
        if (old is null && now is null)
        {
            return;
        }
        if (old is PdfReference a && now is PdfReference b)
        {
            if ((a.Number == b.Number && _judgedElsewhere.Contains(b.Number)) || !_visited.Add((a.Number, b.Number, level)))
            {
                return;
            }
        }
        _pending.Enqueue(new Pair(path, old, now, level, field));
    }

    private void EnqueueContent(Path path, PdfObject? old, PdfObject? now, ModificationLevel level) =>
        _pending.Enqueue(new Pair(path, old, now, level, null));

    private void Drain()
    {
        while (_pending.TryDequeue(out Pair pair))
        {
            PdfObject? old = _before.Resolve(pair.Old);
            PdfObject? now = _after.Resolve(pair.New);
            if (old is PdfStream oldStream && now is PdfStream newStream)
            {
                CompareKeys(pair.Path, oldStream.Dictionary, newStream.Dictionary, _ => pair.Level, pair.Field);
                if (!SameData(pair, oldStream, newStream))
                {
                    Report(pair.Path, pair.Level, "a stream was changed", pair.Field);
                }
            }
            else if (old is PdfDictionary oldDictionary && now is PdfDictionary newDictionary)
            {
                CompareKeys(pair.Path, oldDictionary, newDictionary, key => key == "Parent" ? null : pair.Level, pair.Field);
            }
            else if (old is PdfArray oldArray && now is PdfArray newArray && oldArray.Count == newArray.Count)
            {
                for (int i = 0; i < newArray.Count; i++)
                {
                    Enqueue(pair.Path.Add($"[{i}]"), oldArray[i], newArray[i], pair.Level, pair.Field);
                }
            }
            else if (old is null || now is null || old.GetType() != now.GetType() || old is PdfArray || old.ToString() != now.ToString())
            {
                string what =
                    old is null && now is null ? ""
                    : old is null ? "added"
                    : now is null ? "removed"
                    : "changed";
                if (what.Length > 0)
                {
                    Report(pair.Path, pair.Level, what, pair.Field);
                }
            }
        }
    }

    private bool SameData(Pair pair, PdfStream old, PdfStream now)
    {
        if (pair.Old is PdfReference a && pair.New is PdfReference b && a.Number == b.Number)
        {
            Entry before = _before.CrossReference[a.Number];
            Entry after = _after.CrossReference[b.Number];
            if (before.Kind == after.Kind && before.Location == after.Location)
            {
                return true; // the same bytes of the file
            }
        }
        byte[] bytes = _before.Encoded(old).ToArray();
        return _after.Encoded(now).SequenceEqual(bytes);
    }

    private void Report(Path path, ModificationLevel level, string description, string? field = null) =>
        _changes.Add(new RevisionChange(path.ToString(), level, description, field));

    private readonly record struct Pair(Path Path, PdfObject? Old, PdfObject? New, ModificationLevel Level, string? Field);

    /// <summary>A way through the document; written out only where something differs.</summary>
    private sealed record Path(string Segment, Path? Parent = null)
    {
        public Path Add(string segment) => new(segment, this);

        public override string ToString()
        {
            string own = Segment.StartsWith('[') ? Segment : $"/{Segment}";
            return Parent is null ? own : Parent + own;
        }
    }
}
