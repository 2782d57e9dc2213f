using EContract.Pdf.Filters;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.CrossReference;

/// <summary>
/// Reads the cross-reference as the file states it: startxref, then the chain of /Prev. A chain that can't be followed is an error;
/// the file is never scanned for objects, because what such a scan finds is each viewer's own guess (docs/adr/0051).
/// </summary>
internal sealed class CrossReferenceReader(PdfSource source, PdfLimits limits)
{
    // Acrobat wants %%EOF in the last 1024 bytes; files with more behind it exist (padding of mail gateways and storage systems).
    private const int Tail = 16 * 1024;
    private const int HeaderSearch = 1024;

    private readonly CrossReferenceTable _table = new(limits);

    public CrossReferenceTable Read()
    {
        long header = FindHeader();
        long start = FindStart();
        // Offsets count from the header (§7.5.2 note); but writers that put junk before a finished file count from the start, too.
        _table.HeaderOffset = header > 0 && !LooksLikeSection(start) && LooksLikeSection(start + header) ? header : 0;
        var visited = new HashSet<long>();
        for (long? next = start; next is { } offset; )
        {
            if (!visited.Add(offset))
            {
                throw new MalformedException("ISO 32000-2 §7.5.5", $"/Prev leads back to offset {offset}");
            }
            if (visited.Count > limits.MaxSections)
            {
                throw new PdfRefusedException(PdfRefusal.TooLarge, $"more than {limits.MaxSections} cross-reference sections");
            }
            if (offset == 0)
            {
                // Some readers take it for the end of the chain and show the newest update alone, others search the file for the rest.
                string what = _table.Sections.Count == 0 ? "startxref" : "/Prev";
                throw new PdfRefusedException(PdfRefusal.Damaged, $"{what} is 0: what came before can't be found");
            }
            next = ReadSection(offset + _table.HeaderOffset);
        }
        return _table;
    }

    private long FindHeader()
    {
        ReadOnlySpan<byte> head = source.Window(0, HeaderSearch);
        int at = head[..Math.Min(head.Length, HeaderSearch)].IndexOf("%PDF-"u8);
        return at >= 0 ? at : throw new MalformedException("ISO 32000-2 §7.5.2", "no %PDF header: this is not a PDF file");
    }

    private long FindStart()
    {
        long from = Math.Max(0, source.Length - Tail);
        int at = source.Window(from, Tail).LastIndexOf("startxref"u8);
        if (at < 0)
        {
            throw new MalformedException("ISO 32000-2 §7.5.5", "no startxref: the file is cut off");
        }
        return source.ParseAt(
            from + at + "startxref".Length,
            limits,
            (ref ObjectParser parser) =>
                parser.TryUnsigned(out long value)
                    ? value
                    : throw new MalformedException("ISO 32000-2 §7.5.5", "startxref without an offset")
        );
    }

    private bool LooksLikeSection(long offset) =>
        offset >= 0
        && offset < source.Length
        && source.ParseAt(
            offset,
            limits,
            (ref ObjectParser parser) =>
                parser.TryKeyword("xref"u8) || (parser.TryUnsigned(out _) && parser.TryUnsigned(out _) && parser.TryKeyword("obj"u8))
        );

    private long? ReadSection(long offset)
    {
        if (offset < 0 || offset >= source.Length)
        {
            throw new PdfRefusedException(PdfRefusal.Damaged, $"a cross-reference at offset {offset}, outside the file");
        }
        if (!LooksLikeSection(offset))
        {
            throw new PdfRefusedException(PdfRefusal.Damaged, $"no cross-reference at offset {offset}, where the file says it is");
        }
        long? entries = source.ParseAt(offset, limits, (ref ObjectParser p) => p.TryKeyword("xref"u8) ? p.Position : (long?)null);
        ushort index = (ushort)_table.Sections.Count;
        return entries is { } at ? ReadTable(offset, at, index) : ReadStream(offset, index, hybrid: false);
    }

    private long? ReadTable(long offset, long position, ushort index)
    {
        while (
            source.ParseAt(
                position,
                limits,
                (ref ObjectParser p) =>
                    p.TryUnsigned(out long first) && p.TryUnsigned(out long count) ? (first, count, p.Position) : ((long, long, long)?)null
            )
                is var (first, count, end)
        )
        {
            position = ReadSubsection(first, count, end, index);
        }
        (PdfDictionary trailer, long trailerEnd) = source.ParseAt(
            position,
            limits,
            (ref ObjectParser p) =>
                p.TryKeyword("trailer"u8) && p.Object() is PdfDictionary dictionary
                    ? (dictionary, p.Position)
                    : throw new MalformedException("ISO 32000-2 §7.5.5", $"no trailer at offset {position}")
        );
        long? stream = OffsetOf(trailer, "XRefStm");
        _table.Sections.Add(
            new CrossReferenceSection(stream is null ? SectionKind.Table : SectionKind.Hybrid, offset, trailerEnd, trailer)
        );
        if (stream is { } at)
        {
            ReadStream(at + _table.HeaderOffset, index, hybrid: true);
        }
        return OffsetOf(trailer, "Prev");
    }

    private long ReadSubsection(long first, long count, long position, ushort index)
    {
        if (first > limits.MaxObjectNumber || count > limits.MaxObjectNumber || first + count - 1 > limits.MaxObjectNumber)
        {
            throw new PdfRefusedException(
                PdfRefusal.TooLarge,
                $"object numbers {first} and {count} more are above {limits.MaxObjectNumber}"
            );
        }
        // Skip the end of the line, so that entries begin at the position.
        while (source.Window(position, 1) is [var b, ..] && Characters.IsWhiteSpace(b))
        {
            position++;
        }
        for (long done = 0; done < count; )
        {
            ReadOnlySpan<byte> window = source.Window(position, (int)Math.Min((count - done) * TableEntry.Length, 32 * 1024));
            int at = 0;
            while (
                done < count
                && window.Length - at >= TableEntry.Length
                && TableEntry.TryReadFixed(window.Slice(at, TableEntry.Length), index, out Entry entry)
            )
            {
                // A first subsection that should begin at 0 but says 1: the free list's head betrays it.
                if (done == 0 && first == 1 && entry is { Kind: EntryKind.Free, Generation: 65535, Location: 0 })
                {
                    first = 0;
                }
                _table.Add((int)(first + done), entry, overFree: false);
                at += TableEntry.Length;
                done++;
            }
            position += at;
            if (done < count && at == 0)
            {
                position = ReadLooseEntry((int)(first + done), position, index);
                done++;
            }
        }
        return position;
    }

    // Entries of 19 or 21 bytes, or with single blanks: wrong, but nobody reads them differently.
    private long ReadLooseEntry(int number, long position, ushort section)
    {
        (Entry entry, long end) = source.ParseAt(
            position,
            limits,
            (ref ObjectParser p) => (TableEntry.ReadLoose(ref p, section), p.Position)
        );
        _table.Add(number, entry, overFree: false);
        // The next entry, if it is of fixed form again, begins behind the white space.
        while (source.Window(end, 1) is [var b, ..] && Characters.IsWhiteSpace(b))
        {
            end++;
        }
        return end;
    }

    private long? ReadStream(long offset, ushort index, bool hybrid)
    {
        if (offset < 0 || offset >= source.Length)
        {
            throw new PdfRefusedException(PdfRefusal.Damaged, $"a cross-reference stream at offset {offset}, outside the file");
        }
        IndirectObject found = source.ParseAt(offset, limits, (ref ObjectParser p) => p.Indirect());
        if (found.Value is not PdfStream stream || !stream.Dictionary.HasName("Type", "XRef"))
        {
            throw new PdfRefusedException(PdfRefusal.Damaged, $"the object at offset {offset} is no cross-reference stream");
        }
        PdfDictionary dictionary = stream.Dictionary;
        if (!hybrid)
        {
            _table.Sections.Add(new CrossReferenceSection(SectionKind.Stream, offset, found.End, dictionary));
        }
        // §7.5.8.2: everything in this dictionary is direct, since nothing can be looked up yet.
        if (!dictionary.TryGet("Length", out PdfInteger? length) || length.Value < 0 || length.Value > source.Length - stream.DataOffset)
        {
            throw new MalformedException("ISO 32000-2 §7.5.8.2", $"the cross-reference stream at offset {offset} has no direct /Length");
        }
        if (length.Value > limits.MaxDecodedStream)
        {
            throw StreamFilters.TooLarge(limits.MaxDecodedStream);
        }
        StreamLayout layout = StreamLayout.Read(dictionary, limits);
        ReadOnlySpan<byte> encoded = source.Window(stream.DataOffset, (int)length.Value)[..(int)length.Value];
        // A stream need not decode to more than its entries, each maybe with the byte that a predictor puts before it.
        int needed = (int)Math.Min(limits.MaxDecodedStream, layout.Entries * (layout.Width + 1L) * 2 + 4096);
        byte[] data = StreamFilters.Decode(encoded, dictionary, static o => o is PdfReference ? null : o, needed);
        ReadStreamEntries(data, layout, index, hybrid);
        return hybrid ? null : OffsetOf(dictionary, "Prev");
    }

    private void ReadStreamEntries(ReadOnlySpan<byte> data, StreamLayout layout, ushort section, bool hybrid)
    {
        foreach ((long first, long count) in layout.Ranges)
        {
            for (long number = first; number < first + count && data.Length >= layout.Width; number++, data = data[layout.Width..])
            {
                long type = layout.W0 == 0 ? 1 : Number(data[..layout.W0]);
                long second = Number(data.Slice(layout.W0, layout.W1));
                long third = Number(data.Slice(layout.W0 + layout.W1, layout.W2));
                Entry entry = type switch
                {
                    0 => new Entry(second, 0, section, EntryKind.Free),
                    1 => TableEntry.Of(true, second, (int)Math.Clamp(third, 0, 65535), section),
                    2 => new Entry(second, (int)Math.Clamp(third, 0, int.MaxValue), section, EntryKind.InObjectStream),
                    _ => new Entry(0, 0, section, EntryKind.Free), // §7.5.8.3: other types are references to null
                };
                _table.Add((int)number, entry, overFree: hybrid);
            }
        }
    }

    private static long Number(ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        foreach (byte b in bytes)
        {
            value = (value << 8) | b;
        }
        return value < 0 ? long.MaxValue : value;
    }

    private static long? OffsetOf(PdfDictionary trailer, string key) =>
        trailer[key] switch
        {
            null => null,
            PdfInteger { Value: >= 0 } offset => offset.Value,
            PdfReal real when real.AsDouble >= 0 && real.AsDouble == Math.Floor(real.AsDouble) && real.AsDouble < 1e15 => (long)
                real.AsDouble,
            _ => throw new MalformedException("ISO 32000-2 §7.5.5", $"/{key} is no offset"),
        };
}
