using EContract.Pdf.Appearance;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Forms;

/// <summary>Fills an existing signature field or makes a new one (ISO 32000-2 §12.7.5.5), with as few objects changed as possible.</summary>
internal sealed class SignatureFieldWriter(PdfDocument document, IncrementalUpdate update, FieldTree fields)
{
    // Table 167: Print and Locked. A signature that doesn't print is none to a bank.
    private const int PrintAndLocked = 4 | 128;

    /// <summary>Fills the field; the signature's value is set.</summary>
    public void Fill(FormField field, PdfReference signature, SignatureRequest request)
    {
        PdfReference reference =
            field.Reference ?? throw new MalformedException("ISO 32000-2 §12.7.4", $"field {field.Name} is no indirect object");
        PdfDictionary dictionary = field.Dictionary.With("V", signature);
        update.Replace(reference, dictionary);
        if (field.WidgetReference is { } widget && update.Resolve(widget) is PdfDictionary shown && request.Appearance is { } appearance)
        {
            if (Rectangle.From(shown["Rect"], document) is { Width: > 0, Height: > 0 } rectangle)
            {
                Page? page = PageOf(widget, shown);
                update.Replace(widget, shown.With("AP", Draw(appearance, rectangle, page?.Rotation ?? 0, page?.UserUnit ?? 1)));
            }
        }
        SetSigFlags(added: null);
    }

    /// <summary>Makes a new field on a page.</summary>
    public void Create(string name, PdfReference signature, SignatureRequest request)
    {
        Page page = new PageTree(document).Find(request.Placement?.Page ?? 1);
        var rectangle = default(Rectangle);
        if (request.Placement is { } placement)
        {
            rectangle = page.ToUserSpace(placement.Rectangle);
            if (!(placement.Rectangle is { Width: > 0, Height: > 0 } && page.Visible.Contains(rectangle)))
            {
                (double width, double height) = page.ShownSize;
                throw new PdfRefusedException(
                    PdfRefusal.RectangleOutsidePage,
                    FormattableString.Invariant(
                        $"page {placement.Page} shows {width:0.##} × {height:0.##} points, the rectangle is {placement.Rectangle}"
                    )
                );
            }
        }
        PdfDictionary widget = new PdfDictionary()
            .Set("Type", new PdfName("Annot"))
            .Set("Subtype", new PdfName("Widget"))
            .Set("FT", new PdfName("Sig"))
            .Set("T", PdfString.Text(name))
            .Set("F", PdfInteger.Of(PrintAndLocked))
            .Set("Rect", rectangle.ToArray())
            .Set("P", page.Reference)
            .Set("V", signature);
        if (request.Placement is not null && request.Appearance is { } appearance)
        {
            widget.Set("AP", Draw(appearance, rectangle, page.Rotation, page.UserUnit));
        }
        else
        {
            // PDF/A (ISO 19005-1 §6.9) wants an appearance even where nothing is shown.
            widget.Set("AP", new PdfDictionary().Set("N", update.Add(AppearanceWriter.Empty(rectangle.Width, rectangle.Height))));
        }
        if (request.Lock is { } locked)
        {
            widget.Set("Lock", update.Add(locked.ToDictionary("SigFieldLock")));
        }
        PdfReference field = update.Add(widget);
        Annotate(page, field);
        SetSigFlags(field);
    }

    /// <summary>A name that no field has.</summary>
    public string FreshName(string stem)
    {
        var taken = fields.Fields.Select(f => f.Name).ToHashSet();
        // A partial name is taken, too, where it is the root of other fields.
        taken.UnionWith(fields.Fields.Select(f => f.Name.Split('.')[0]));
        int number = 1;
        while (taken.Contains($"{stem}{number}"))
        {
            number++;
        }
        return $"{stem}{number}";
    }

    private PdfDictionary Draw(SignatureAppearance appearance, Rectangle rectangle, int rotation, double userUnit) =>
        new PdfDictionary().Set("N", AppearanceWriter.Write(update, appearance, rectangle, rotation, userUnit));

    private Page? PageOf(PdfReference widget, PdfDictionary dictionary)
    {
        foreach (Page page in new PageTree(document).All())
        {
            if (dictionary["P"] is PdfReference p)
            {
                if (p.Number == page.Reference.Number)
                {
                    return page;
                }
            }
            else if (document.Get<PdfArray>(page.Dictionary, "Annots")?.Contains(widget) == true)
            {
                return page;
            }
        }
        return null;
    }

    private void Annotate(Page page, PdfReference widget)
    {
        PdfObject? annots = page.Dictionary["Annots"];
        PdfArray array = update.Resolve(annots) as PdfArray ?? new PdfArray();
        if (annots is PdfReference reference && update.Resolve(reference) is PdfArray)
        {
            update.Replace(reference, array.Append(widget));
        }
        else
        {
            update.Replace(page.Reference, page.Dictionary.With("Annots", array.Append(widget)));
        }
    }

    private void SetSigFlags(PdfReference? added)
    {
        PdfObject? at = document.Catalog["AcroForm"];
        PdfDictionary form = document.Resolve(at) as PdfDictionary ?? new PdfDictionary();
        PdfDictionary changed = form;
        // Table 225: SignaturesExist and AppendOnly.
        long flags = document.Get<PdfInteger>(form, "SigFlags")?.Value ?? 0;
        if ((flags & 3) != 3)
        {
            changed = changed.With("SigFlags", PdfInteger.Of(flags | 3));
        }
        if (added is not null)
        {
            PdfObject? list = form["Fields"];
            PdfArray array = document.Resolve(list) as PdfArray ?? new PdfArray();
            if (list is PdfReference reference && document.Resolve(reference) is PdfArray)
            {
                update.Replace(reference, array.Append(added));
            }
            else
            {
                changed = changed.With("Fields", array.Append(added));
            }
        }
        if (ReferenceEquals(changed, form))
        {
            return;
        }
        if (at is PdfReference indirect && document.Resolve(indirect) is PdfDictionary)
        {
            update.Replace(indirect, changed);
        }
        else
        {
            update.SetInCatalog("AcroForm", changed);
        }
    }
}
