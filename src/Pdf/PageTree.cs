using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>Finds pages (ISO 32000-2 §7.7.3) by walking the tree: /Count is a hint that can lie, and what is signed must be the page that is shown.</summary>
internal sealed class PageTree(PdfDocument document)
{
    private const int MaxDepth = 64;

    /// <summary>The page of a number, counted from 1, or from the end with -1 for the last.</summary>
    /// <exception cref="PdfRefusedException">there is no such page</exception>
    public Page Find(int number)
    {
        int index = number < 0 ? number + All().Count() : number - 1;
        return (index < 0 ? null : All().ElementAtOrDefault(index))
            ?? throw new PdfRefusedException(PdfRefusal.NoSuchPage, $"page {number} of a document of {All().Count()} pages");
    }

    /// <summary>All pages in their order, read as they are asked for.</summary>
    public IEnumerable<Page> All()
    {
        PdfObject root = document.Catalog["Pages"] ?? throw new MalformedException("ISO 32000-2 §7.7.2", "the catalog has no /Pages");
        var path = new Stack<Node>();
        if (Enter(root, default, path) is { } single)
        {
            yield return single;
        }
        for (int visited = 0; path.TryPeek(out Node? node); )
        {
            if (++visited > document.Limits.MaxTreeNodes)
            {
                throw new PdfRefusedException(PdfRefusal.TooLarge, $"a page tree of more than {document.Limits.MaxTreeNodes} nodes");
            }
            if (node.Next == node.Kids.Count)
            {
                path.Pop();
            }
            else if (Enter(node.Kids[node.Next++], node.Inherited, path) is { } page)
            {
                yield return page;
            }
        }
    }

    // A page is returned, an interior node goes onto the path.
    private Page? Enter(PdfObject item, Inherited inherited, Stack<Node> path)
    {
        var reference = item as PdfReference;
        if (path.Count > MaxDepth || (reference is not null && path.Any(node => node.Number == reference.Number)))
        {
            throw new MalformedException("ISO 32000-2 §7.7.3", "the page tree loops");
        }
        PdfObject? value = document.Resolve(item);
        if (value is not PdfDictionary dictionary)
        {
            return value is null
                ? null
                : throw new MalformedException("ISO 32000-2 §7.7.3.3", $"object {reference?.Number} in the page tree is no dictionary");
        }
        inherited = inherited.With(dictionary);
        if (document.Get<PdfArray>(dictionary, "Kids") is { } kids)
        {
            path.Push(new Node(reference?.Number ?? 0, kids, inherited));
            return null;
        }
        return dictionary.HasName("Type", "Pages")
            ? null
            : new Page(
                document,
                reference ?? throw new MalformedException("ISO 32000-2 §7.7.3.2", "a page that is no indirect object"),
                dictionary,
                inherited.MediaBox,
                inherited.CropBox,
                inherited.Rotate
            );
    }

    private sealed class Node(int number, PdfArray kids, Inherited inherited)
    {
        public int Number { get; } = number;

        public PdfArray Kids { get; } = kids;

        public Inherited Inherited { get; } = inherited;

        public int Next { get; set; }
    }

    /// <summary>The attributes that pages inherit (§7.7.3.4), as far as they matter here.</summary>
    private readonly record struct Inherited(PdfObject? MediaBox, PdfObject? CropBox, PdfObject? Rotate)
    {
        public Inherited With(PdfDictionary node) =>
            new(node["MediaBox"] ?? MediaBox, node["CropBox"] ?? CropBox, node["Rotate"] ?? Rotate);
    }
}
