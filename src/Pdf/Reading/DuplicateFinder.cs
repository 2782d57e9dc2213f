using System.Buffers.Text;
using EContract.Pdf.CrossReference;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>
/// Looks for objects that one revision defines twice. ISO 32000-2 §7.5.4: the cross-reference says which one counts; readers that rebuild a damaged
/// file take the last one, and an attacker can make the two disagree.
/// </summary>
internal static class DuplicateFinder
{
    private const int Block = 128 * 1024;
    private const int MaxHeader = 24; // "8388607 65535 obj" with some white space
    private const int MaxFound = 100;

    public static IReadOnlyList<DuplicateObject> Find(PdfDocument document, IReadOnlyList<PdfRevision> revisions)
    {
        var found = new List<DuplicateObject>();
        long start = 0;
        foreach (PdfRevision revision in revisions)
        {
            PdfDocument then = document.Until(revision.End);
            List<(int Number, long Offset)> unnamed =
            [
                .. Headers(document.Source, start, revision.End).Where(h => IsUnnamed(then, h, start)),
            ];
            if (unnamed.Count > 0)
            {
                // What only looks like an object lies in the data of another: a file within the file, a piece of text.
                List<(long Start, long End)> named = Extents(then, start, revision.End);
                found.AddRange(
                    unnamed
                        .Where(h => !named.Exists(e => e.Start < h.Offset && h.Offset < e.End))
                        .Select(h => new DuplicateObject(h.Number, h.Offset, revision.Index))
                );
            }
            if (found.Count >= MaxFound)
            {
                return [.. found.Take(MaxFound)];
            }
            start = revision.End;
        }
        return found;
    }

    /// <summary>Whether the revision has another body of this object.</summary>
    private static bool IsUnnamed(PdfDocument then, (int Number, long Offset) header, long start)
    {
        Entry entry = then.CrossReference[header.Number];
        long named = entry.Location + then.CrossReference.HeaderOffset;
        return entry.Kind == EntryKind.InFile && named != header.Offset && named >= start;
    }

    private static IEnumerable<(int Number, long Offset)> Headers(PdfSource source, long start, long end)
    {
        for (long at = start; at < end; at += Block)
        {
            // Each block begins a little early, so that no header is cut in two.
            long from = Math.Max(start, at - MaxHeader);
            int count = (int)Math.Min(Block + (at - from), end - from);
            foreach ((int number, int offset) in HeadersIn(source.Window(from, count)[..count], (int)(at - from)))
            {
                yield return (number, from + offset);
            }
        }
    }

    /// <param name="seen">headers that end before this were found with the block before</param>
    private static List<(int Number, int Offset)> HeadersIn(ReadOnlySpan<byte> block, int seen)
    {
        var headers = new List<(int, int)>();
        for (int at = 0; block[at..].IndexOf(" obj"u8) is >= 0 and var step; at += 4)
        {
            at += step;
            if (at + 4 > seen && TryReadBack(block[..at], out int number, out int offset))
            {
                headers.Add((number, offset));
            }
        }
        return headers;
    }

    /// <summary>Reads "number generation" that ends here, from behind.</summary>
    private static bool TryReadBack(ReadOnlySpan<byte> before, out int number, out int offset)
    {
        number = offset = 0;
        int generation = DigitsBefore(before, before.Length);
        int space = generation - 1;
        if (generation == before.Length || space < 1 || before[space] != (byte)' ')
        {
            return false;
        }
        offset = DigitsBefore(before, space);
        return offset < space && Utf8Parser.TryParse(before[offset..space], out number, out _);
    }

    private static int DigitsBefore(ReadOnlySpan<byte> bytes, int end)
    {
        int at = end;
        while (at > 0 && end - at < 10 && bytes[at - 1] is >= (byte)'0' and <= (byte)'9')
        {
            at--;
        }
        return at;
    }

    private static List<(long Start, long End)> Extents(PdfDocument then, long start, long end)
    {
        var extents = new List<(long, long)>();
        foreach (int number in then.CrossReference.Numbers())
        {
            Entry entry = then.CrossReference[number];
            long at = entry.Location + then.CrossReference.HeaderOffset;
            if (entry.Kind == EntryKind.InFile && at >= start && at < end && then.ExtentOf(number) is { } extent)
            {
                extents.Add((extent.Start, Math.Max(extent.End, EndOfData(then, number))));
            }
        }
        return extents;
    }

    private static long EndOfData(PdfDocument then, int number) =>
        then.Resolve(new PdfReference(number, 0)) is PdfStream stream && then.Get<PdfInteger>(stream.Dictionary, "Length") is { } length
            ? stream.DataOffset + length.Value
            : 0;
}
