using System.Buffers.Binary;
using System.Security.Cryptography;
using EContract.Pdf.CrossReference;
using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>
/// New and changed objects to be appended to a document, whose own bytes stay as they are (ISO 32000-2 §7.5.6). The cross-reference
/// is written in the kind of the document's newest section, so that who could read the document can read the update.
/// </summary>
internal sealed class IncrementalUpdate
{
    private readonly SortedDictionary<int, (int Generation, PdfObject Value)> _objects = [];
    private readonly PdfDocument _document;
    private int _next;

    public IncrementalUpdate(PdfDocument document)
    {
        _document = document;
        long declared = (document.Trailer["Size"] as PdfInteger)?.Value ?? 0;
        _next = Math.Max(document.CrossReference.Size, (int)Math.Clamp(declared, 1, document.Limits.MaxObjectNumber));
    }

    /// <summary>Adds a new object.</summary>
    public PdfReference Add(PdfObject value)
    {
        PdfReference reference = Reserve();
        _objects.Add(reference.Number, (0, value));
        return reference;
    }

    /// <summary>A number for an object that <see cref="Replace"/> will give.</summary>
    public PdfReference Reserve()
    {
        if (_next > _document.Limits.MaxObjectNumber)
        {
            throw new PdfRefusedException(PdfRefusal.TooLarge, "no object number is left");
        }
        return new PdfReference(_next++, 0);
    }

    /// <summary>Gives an object its new content.</summary>
    public void Replace(PdfReference reference, PdfObject value)
    {
        Entry entry = _document.CrossReference[reference.Number];
        _objects[reference.Number] = (entry.Kind == EntryKind.InFile ? entry.Generation : 0, value);
    }

    /// <summary>The object as it will be after the update.</summary>
    public PdfObject? Resolve(PdfObject? value) =>
        value is PdfReference reference && _objects.TryGetValue(reference.Number, out var changed)
            ? Resolve(changed.Value)
            : _document.Resolve(value);

    /// <summary>Gives the catalog a new value for a key.</summary>
    public void SetInCatalog(string key, PdfObject value)
    {
        var catalog = (PdfDictionary)Resolve(_document.CatalogReference)!;
        Replace(_document.CatalogReference, catalog.With(key, value));
    }

    /// <summary>The bytes to append.</summary>
    public byte[] Write()
    {
        var output = new PdfOutput();
        // The last line of the original may lack its end; §7.5.1 wants the body to begin on a line.
        if (_document.Source.Window(_document.Length - 1, 1) is [not ((byte)'\n' or (byte)'\r'), ..])
        {
            output.Byte((byte)'\n');
        }
        var offsets = new SortedDictionary<int, (long Offset, int Generation)>();
        foreach ((int number, (int generation, PdfObject value)) in _objects)
        {
            offsets.Add(number, (Here(output), generation));
            output.Integer(number);
            output.Integer(generation);
            output.Token("obj");
            output.Byte((byte)'\n');
            value.Write(output);
            output.Raw("\nendobj\n"u8);
        }
        long start = Here(output);
        if (_document.Sections[0].Kind == SectionKind.Stream)
        {
            WriteStream(output, offsets, start);
        }
        else
        {
            WriteTable(output, offsets);
        }
        output.Raw("startxref\n"u8);
        output.Integer(start);
        output.Raw("\n%%EOF\n"u8);
        return output.ToArray();
    }

    private long Here(PdfOutput output) => _document.Length + output.Length - _document.CrossReference.HeaderOffset;

    private void WriteTable(PdfOutput output, SortedDictionary<int, (long Offset, int Generation)> offsets)
    {
        PdfDictionary trailer = Trailer(output).Set("Size", PdfInteger.Of(_next));
        output.Raw("xref\n"u8);
        foreach ((int first, int count) in Ranges(offsets.Keys))
        {
            output.Raw(System.Text.Encoding.ASCII.GetBytes($"{first} {count}\n"));
            for (int number = first; number < first + count; number++)
            {
                output.Raw(System.Text.Encoding.ASCII.GetBytes($"{offsets[number].Offset:D10} {offsets[number].Generation:D5} n \n"));
            }
        }
        output.Raw("trailer\n"u8);
        trailer.Write(output);
        output.Byte((byte)'\n');
    }

    private void WriteStream(PdfOutput output, SortedDictionary<int, (long Offset, int Generation)> offsets, long start)
    {
        PdfReference self = Reserve();
        offsets.Add(self.Number, (start, 0));
        int width = start switch
        {
            <= 0xFF_FFFF => 3,
            <= 0xFFFF_FFFF => 4,
            _ => 5,
        };
        byte[] rows = new byte[offsets.Count * (1 + width + 2)];
        var index = new List<PdfObject>();
        int at = 0;
        Span<byte> eight = stackalloc byte[8];
        foreach ((int first, int count) in Ranges(offsets.Keys))
        {
            index.Add(PdfInteger.Of(first));
            index.Add(PdfInteger.Of(count));
            for (int number = first; number < first + count; number++)
            {
                rows[at] = 1;
                BinaryPrimitives.WriteInt64BigEndian(eight, offsets[number].Offset);
                eight[(8 - width)..].CopyTo(rows.AsSpan(at + 1));
                BinaryPrimitives.WriteUInt16BigEndian(rows.AsSpan(at + 1 + width), (ushort)offsets[number].Generation);
                at += 1 + width + 2;
            }
        }
        PdfDictionary dictionary = Trailer(output)
            .Set("Type", new PdfName("XRef"))
            .Set("Size", PdfInteger.Of(_next))
            .Set("W", PdfArray.Numbers(1, width, 2))
            .Set("Index", new PdfArray([.. index]));
        output.Integer(self.Number);
        output.Raw(" 0 obj\n"u8);
        new PdfStream(dictionary, rows).Write(output);
        output.Raw("\nendobj\n"u8);
    }

    // §7.5.6: all entries of the previous trailer except /Prev, whether modified or not.
    private PdfDictionary Trailer(PdfOutput body)
    {
        CrossReferenceSection last = _document.Sections[0];
        PdfDictionary trailer = last
            .Trailer.Without("Prev", "XRefStm", "Size", "ID", "Type", "W", "Index", "Length", "Filter", "DecodeParms", "DL")
            .Set("Prev", PdfInteger.Of(last.Offset - _document.CrossReference.HeaderOffset));
        // §14.4: the first identifier is for good, the second tells the versions apart: a digest of what makes this one.
        byte[] identity = SHA256.HashData(body.WrittenSpan)[..16];
        PdfObject first =
            _document.Resolve(last.Trailer["ID"]) is PdfArray { Count: 2 } id && _document.Resolve(id[0]) is PdfString original
                ? original
                : PdfString.Hex(identity);
        return trailer.Set("ID", new PdfArray(first, PdfString.Hex(identity)));
    }

    private static IEnumerable<(int First, int Count)> Ranges(IEnumerable<int> numbers)
    {
        int first = 0;
        int count = 0;
        foreach (int number in numbers)
        {
            if (count > 0 && number != first + count)
            {
                yield return (first, count);
                count = 0;
            }
            if (count++ == 0)
            {
                first = number;
            }
        }
        if (count > 0)
        {
            yield return (first, count);
        }
    }
}
