using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>What happened to the page tree, the pages and their annotations.</summary>
/// <param name="graph">compares what is in a page</param>
/// <param name="widgets">widgets of form fields in both revisions, which the fields' rules judge</param>
/// <param name="newWidgets">widgets of form fields in the later revision</param>
internal sealed class PageComparison(GraphComparison graph, IReadOnlySet<int> widgets, IReadOnlySet<int> newWidgets)
{
    public void Compare(DocumentPath path, PdfObject? oldRoot, PdfObject? newRoot)
    {
        var nodes = new Stack<(DocumentPath, PdfObject?, PdfObject?)>([(path, oldRoot, newRoot)]);
        for (int visited = 0; nodes.TryPop(out (DocumentPath Path, PdfObject? Old, PdfObject? New) node); )
        {
            if (++visited > graph.After.Limits.MaxTreeNodes)
            {
                throw new PdfRefusedException(PdfRefusal.TooLarge, $"a page tree of more than {graph.After.Limits.MaxTreeNodes} nodes");
            }
            PdfObject? before = graph.Before.Resolve(node.Old);
            PdfObject? after = graph.After.Resolve(node.New);
            bool same = (node.Old as PdfReference)?.Number == (node.New as PdfReference)?.Number;
            if (!same || before is not PdfDictionary old || after is not PdfDictionary now)
            {
                if (before is not null || after is not null)
                {
                    graph.Report(node.Path, ModificationLevel.Other, "a page was replaced");
                }
                continue;
            }
            graph.CompareKeys(node.Path, old, now, key => key is "Parent" or "Kids" or "Annots" ? null : ModificationLevel.Other);
            CompareAnnotations(node.Path.Add("Annots"), old, now);
            PdfArray oldKids = graph.Before.Get<PdfArray>(old, "Kids") ?? new PdfArray();
            PdfArray newKids = graph.After.Get<PdfArray>(now, "Kids") ?? new PdfArray();
            if (oldKids.Count != newKids.Count)
            {
                graph.Report(node.Path, ModificationLevel.Other, "pages were added or removed");
                continue;
            }
            for (int i = 0; i < newKids.Count; i++)
            {
                nodes.Push((node.Path.Add($"Kids[{i}]"), oldKids[i], newKids[i]));
            }
        }
    }

    private void CompareAnnotations(DocumentPath path, PdfDictionary oldPage, PdfDictionary newPage)
    {
        PdfArray old = graph.Before.Get<PdfArray>(oldPage, "Annots") ?? new PdfArray();
        PdfArray now = graph.After.Get<PdfArray>(newPage, "Annots") ?? new PdfArray();
        var known = old.OfType<PdfReference>().Select(r => r.Number).ToHashSet();
        for (int i = 0; i < now.Count; i++)
        {
            if (now[i] is not PdfReference reference)
            {
                graph.Enqueue(path.Add($"[{i}]"), i < old.Count ? old[i] : null, now[i], ModificationLevel.Annotating);
            }
            else if (known.Remove(reference.Number))
            {
                CompareAnnotation(path.Add($"[{i}]"), reference);
            }
            else if (!IsWidget(graph.After, reference))
            {
                graph.Report(path.Add($"[{i}]"), ModificationLevel.Annotating, "an annotation was added");
            }
            else if (!newWidgets.Contains(reference.Number))
            {
                graph.Report(path.Add($"[{i}]"), ModificationLevel.Other, "a widget without a field was added");
            }
        }
        foreach (int removed in known)
        {
            bool widget = IsWidget(graph.Before, new PdfReference(removed, 0));
            graph.Report(path, widget ? ModificationLevel.Other : ModificationLevel.Annotating, $"annotation {removed} was removed");
        }
    }

    private void CompareAnnotation(DocumentPath path, PdfReference reference)
    {
        if (widgets.Contains(reference.Number))
        {
            return;
        }
        // An annotation can't turn into a widget or back.
        bool widget = IsWidget(graph.Before, reference) || IsWidget(graph.After, reference) || newWidgets.Contains(reference.Number);
        graph.Enqueue(
            path,
            graph.Before.Resolve(reference),
            graph.After.Resolve(reference),
            widget ? ModificationLevel.Other : ModificationLevel.Annotating
        );
    }

    private static bool IsWidget(PdfDocument document, PdfReference annotation) =>
        document.Resolve(annotation) is PdfDictionary dictionary && dictionary.HasName("Subtype", "Widget");
}
