using System.Buffers.Binary;

namespace EContract.Pdf.Fonts;

/// <summary>From Unicode to glyphs: cmap subtables of format 4 and 12 (ISO/IEC 14496-22, cmap).</summary>
internal sealed class CharacterMap
{
    // Ranges in ascending order; a range maps to consecutive glyphs.
    private readonly (int First, int Last, int Glyph)[] _ranges;

    private CharacterMap(List<(int First, int Last, int Glyph)> ranges)
    {
        ranges.Sort();
        _ranges = [.. ranges];
    }

    public static CharacterMap Read(ReadOnlySpan<byte> cmap)
    {
        (int Rank, int Offset) best = (0, 0);
        int count = U16(cmap, 2);
        for (int i = 0; i < count; i++)
        {
            int record = 4 + i * 8;
            int offset = (int)Math.Min(int.MaxValue, U32(cmap, record + 4));
            int format = U16(cmap, offset);
            int rank = (U16(cmap, record), U16(cmap, record + 2), format) switch
            {
                (3, 10, 12) => 4,
                (0, _, 12) => 3,
                (3, 1, 4) => 2,
                (0, _, 4) => 1,
                _ => 0,
            };
            if (rank > best.Rank)
            {
                best = (rank, offset);
            }
        }
        return best.Rank switch
        {
            >= 3 => Format12(cmap[best.Offset..]),
            >= 1 => Format4(cmap[best.Offset..]),
            _ => throw Error("no Unicode character map"),
        };
    }

    public int Glyph(int character)
    {
        int low = 0;
        int high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            (int first, int last, int glyph) = _ranges[middle];
            if (character < first)
            {
                high = middle - 1;
            }
            else if (character > last)
            {
                low = middle + 1;
            }
            else
            {
                return glyph + character - first;
            }
        }
        return 0;
    }

    private static CharacterMap Format12(ReadOnlySpan<byte> table)
    {
        uint groups = U32(table, 12);
        if (groups > (table.Length - 16) / 12)
        {
            throw Error("character map of format 12");
        }
        var ranges = new List<(int, int, int)>((int)groups);
        for (int i = 0; i < groups; i++)
        {
            uint first = U32(table, 16 + i * 12);
            uint last = U32(table, 20 + i * 12);
            uint glyph = U32(table, 24 + i * 12);
            if (first <= last && last <= 0x10FFFF && glyph <= 0xFFFF)
            {
                ranges.Add(((int)first, (int)last, (int)glyph));
            }
        }
        return new CharacterMap(ranges);
    }

    private static CharacterMap Format4(ReadOnlySpan<byte> table)
    {
        int segments = U16(table, 6) / 2;
        var ranges = new List<(int, int, int)>();
        for (int i = 0; i < segments; i++)
        {
            int last = U16(table, 14 + i * 2);
            int first = U16(table, 16 + (segments + i) * 2);
            int delta = U16(table, 16 + (segments * 2 + i) * 2);
            int at = 16 + (segments * 3 + i) * 2;
            int rangeOffset = U16(table, at);
            if (first > last || first == 0xFFFF)
            {
                continue;
            }
            if (rangeOffset == 0)
            {
                // The sum is modulo 65536: split where it wraps.
                int wrap = 0x10000 - delta;
                if (wrap > first && wrap <= last)
                {
                    ranges.Add((first, wrap - 1, (first + delta) & 0xFFFF));
                    first = wrap;
                }
                ranges.Add((first, last, (first + delta) & 0xFFFF));
                continue;
            }
            for (int c = first; c <= last; c++)
            {
                int glyph = U16(table, at + rangeOffset + (c - first) * 2);
                if (glyph != 0)
                {
                    ranges.Add((c, c, (glyph + delta) & 0xFFFF));
                }
            }
        }
        return new CharacterMap(ranges);
    }

    private static int U16(ReadOnlySpan<byte> data, int at) =>
        at >= 0 && at <= data.Length - 2 ? BinaryPrimitives.ReadUInt16BigEndian(data[at..]) : throw Error("the character map is cut off");

    private static uint U32(ReadOnlySpan<byte> data, int at) =>
        at >= 0 && at <= data.Length - 4 ? BinaryPrimitives.ReadUInt32BigEndian(data[at..]) : throw Error("the character map is cut off");

    private static MalformedException Error(string what) => new("ISO/IEC 14496-22 cmap", what);
}
