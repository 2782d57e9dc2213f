using System.Text;
using EContract.Pdf.Filters;
using EContract.Pdf.Fonts;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Authoring;

/// <summary>Writes new documents of text and lines, with their fonts embedded: PDF 1.7, the same bytes for the same content.</summary>
public sealed class PaperDocument
{
    private readonly List<Typeface> _typefaces = [];
    private readonly List<PaperPage> _pages = [];
    private readonly List<PdfObject> _objects = [];

    /// <summary>Title, shown in the window of the viewer.</summary>
    public required string Title { get; init; }

    /// <summary>Who made it.</summary>
    public string? Author { get; init; }

    /// <summary>Language of the text (BCP 47).</summary>
    public string Language { get; init; } = "ja-JP";

    /// <summary>The pages so far.</summary>
    public IReadOnlyList<PaperPage> Pages => _pages;

    /// <summary>Declares fonts that will be used.</summary>
    public Typeface AddTypeface(params IReadOnlyList<TrueTypeFont> fonts)
    {
        var typeface = new Typeface(fonts, $"T{_typefaces.Count}F");
        _typefaces.Add(typeface);
        return typeface;
    }

    /// <summary>Adds a page; A4 unless told.</summary>
    public PaperPage AddPage(double width = 595.28, double height = 841.89)
    {
        var page = new PaperPage(width, height);
        _pages.Add(page);
        return page;
    }

    /// <summary>The document's bytes. Nothing can be added afterwards.</summary>
    public byte[] ToArray()
    {
        PdfReference catalog = Add(PdfNull.Instance);
        PdfReference tree = Add(PdfNull.Instance);
        var fonts = new PdfDictionary();
        foreach (Typeface typeface in _typefaces)
        {
            typeface.Write(fonts, Add);
        }
        PdfReference resources = Add(new PdfDictionary().Set("Font", fonts));
        var kids = new List<PdfObject>();
        foreach (PaperPage page in _pages)
        {
            byte[] content = Flate.Encode(Encoding.ASCII.GetBytes(page.Content.ToString()));
            PdfReference contents = Add(new PdfStream(new PdfDictionary().Set("Filter", new PdfName("FlateDecode")), content));
            kids.Add(
                Add(
                    new PdfDictionary()
                        .Set("Type", new PdfName("Page"))
                        .Set("Parent", tree)
                        .Set("MediaBox", PdfArray.Numbers(0, 0, page.Width, page.Height))
                        .Set("Resources", resources)
                        .Set("Contents", contents)
                )
            );
        }
        PdfDictionary info = new PdfDictionary().Set("Title", PdfString.Text(Title)).Set("Producer", PdfString.Text("EContract"));
        if (Author is not null)
        {
            info.Set("Author", PdfString.Text(Author));
        }
        PdfReference information = Add(info);
        Put(
            tree,
            new PdfDictionary()
                .Set("Type", new PdfName("Pages"))
                .Set("Kids", new PdfArray([.. kids]))
                .Set("Count", PdfInteger.Of(kids.Count))
        );
        Put(
            catalog,
            new PdfDictionary()
                .Set("Type", new PdfName("Catalog"))
                .Set("Pages", tree)
                .Set("Lang", PdfString.Text(Language))
                .Set("ViewerPreferences", new PdfDictionary().Set("DisplayDocTitle", PdfBoolean.True))
        );
        return NewFile.Write(_objects, catalog, information);
    }

    private PdfReference Add(PdfObject value)
    {
        _objects.Add(value);
        return new PdfReference(_objects.Count, 0);
    }

    private void Put(PdfReference reference, PdfObject value) => _objects[reference.Number - 1] = value;
}
