using EContract.Pdf.CrossReference;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>
/// Compares values of two revisions as deep as they go, each under the level that its place has. An object that is reached on several ways is
/// compared under each level: an appearance that is also a page's content is content.
/// </summary>
/// <param name="before">the earlier revision</param>
/// <param name="after">the later one</param>
/// <param name="apart">
/// numbers of the objects with a rule of their own in both revisions (pages, annotations, fields), which are passed by when something refers to them
/// </param>
internal sealed class GraphComparison(PdfDocument before, PdfDocument after, IReadOnlySet<int> apart)
{
    private readonly HashSet<(int, int, ModificationLevel)> _visited = [];
    private readonly Queue<Pair> _pending = new();
    private readonly List<RevisionChange> _changes = [];

    public PdfDocument Before => before;

    public PdfDocument After => after;

    /// <summary>Compares what is pending and gives all that differs.</summary>
    public IReadOnlyList<RevisionChange> Finish()
    {
        while (_pending.TryDequeue(out Pair pair))
        {
            Compare(pair);
        }
        return _changes;
    }

    public void Report(DocumentPath path, ModificationLevel level, string description, string? field = null) =>
        _changes.Add(new RevisionChange(path.ToString(), level, description, field));

    /// <summary>Compares two dictionaries key by key; the rule gives each key its level, or null where it is compared otherwise.</summary>
    public void CompareKeys(
        DocumentPath? path,
        PdfDictionary old,
        PdfDictionary now,
        Func<string, ModificationLevel?> rule,
        string? field = null
    )
    {
        foreach (string key in now.Select(e => e.Key).Union(old.Select(e => e.Key)))
        {
            if (rule(key) is { } level)
            {
                Enqueue(path?.Add(key) ?? new DocumentPath(key), old[key], now[key], level, field);
            }
        }
    }

    public void Enqueue(DocumentPath path, PdfObject? old, PdfObject? now, ModificationLevel level, string? field = null)
    {
        if (old is PdfReference a && now is PdfReference b)
        {
            if ((a.Number == b.Number && apart.Contains(b.Number)) || !_visited.Add((a.Number, b.Number, level)))
            {
                return;
            }
        }
        _pending.Enqueue(new Pair(path, old, now, level, field));
    }

    private void Compare(Pair pair)
    {
        switch (before.Resolve(pair.Old), after.Resolve(pair.New))
        {
            case (null, null):
                break;
            case (PdfStream old, PdfStream now):
                CompareKeys(pair.Path, old.Dictionary, now.Dictionary, _ => pair.Level, pair.Field);
                if (!SameData(pair, old, now))
                {
                    Report(pair.Path, pair.Level, "a stream was changed", pair.Field);
                }
                break;
            case (PdfDictionary old, PdfDictionary now):
                CompareKeys(pair.Path, old, now, _ => pair.Level, pair.Field);
                break;
            case (PdfArray old, PdfArray now) when old.Count == now.Count:
                for (int i = 0; i < now.Count; i++)
                {
                    Enqueue(pair.Path.Add($"[{i}]"), old[i], now[i], pair.Level, pair.Field);
                }
                break;
            case (null, _):
                Report(pair.Path, pair.Level, "added", pair.Field);
                break;
            case (_, null):
                Report(pair.Path, pair.Level, "removed", pair.Field);
                break;
            case (PdfObject old, PdfObject now) when now is PdfArray or PdfDictionary or PdfStream || old.ToString() != now.ToString():
                Report(pair.Path, pair.Level, "changed", pair.Field);
                break;
            default:
                break;
        }
    }

    private bool SameData(Pair pair, PdfStream old, PdfStream now)
    {
        if (pair.Old is PdfReference a && pair.New is PdfReference b && a.Number == b.Number)
        {
            Entry earlier = before.CrossReference[a.Number];
            Entry later = after.CrossReference[b.Number];
            if (earlier.Kind == later.Kind && earlier.Location == later.Location)
            {
                return true; // the same bytes of the file
            }
        }
        byte[] data = before.Encoded(old).ToArray();
        return after.Encoded(now).SequenceEqual(data);
    }

    private readonly record struct Pair(DocumentPath Path, PdfObject? Old, PdfObject? New, ModificationLevel Level, string? Field);
}
