using System.Buffers.Binary;
using System.Text;

namespace EContract.Pdf.Fonts;

/// <summary>
/// A TrueType font (ISO/IEC 14496-22, "glyf" outlines), or one of a collection. Immutable and thread-safe: load it once per process.
/// </summary>
public sealed class TrueTypeFont
{
    private const string Clause = "ISO/IEC 14496-22";

    private readonly ReadOnlyMemory<byte> _file;
    private readonly Dictionary<string, (int Offset, int Length)> _tables = [];
    private readonly CharacterMap _characters;
    private readonly int _longMetrics;
    private readonly bool _longLocations;

    private TrueTypeFont(ReadOnlyMemory<byte> file, int directory)
    {
        _file = file;
        ReadDirectory(directory);
        ReadOnlySpan<byte> head = Table("head", 54);
        UnitsPerEm = U16(head, 18);
        Box = (I16(head, 36), I16(head, 38), I16(head, 40), I16(head, 42));
        _longLocations = I16(head, 50) != 0;
        GlyphCount = U16(Table("maxp", 6), 4);
        ReadOnlySpan<byte> hhea = Table("hhea", 36);
        Ascent = I16(hhea, 4);
        Descent = I16(hhea, 6);
        _longMetrics = U16(hhea, 34);
        if (
            UnitsPerEm is < 16 or > 16384
            || GlyphCount < 1
            || _longMetrics < 1
            || _longMetrics > GlyphCount
            || Table("hmtx", 0).Length < _longMetrics * 4 + (GlyphCount - _longMetrics) * 2
            || Table("loca", 0).Length < (GlyphCount + 1) * (_longLocations ? 4 : 2)
        )
        {
            throw new MalformedException(Clause, "the tables of the font contradict each other");
        }
        _characters = CharacterMap.Read(Table("cmap", 4));
        ReadOnlySpan<byte> os2 = _tables.ContainsKey("OS/2") ? Table("OS/2", 10) : default;
        // OS/2 fsType, bit 1 alone: restricted licence; bit 8: no subsetting.
        int embedding = os2.IsEmpty ? 0 : U16(os2, 8);
        MayBeEmbedded = (embedding & 0xF) != 2 && (embedding & 0x100) == 0;
        CapHeight = os2.Length >= 90 && U16(os2, 0) >= 2 ? I16(os2, 88) : Ascent;
        ItalicAngle = _tables.ContainsKey("post") ? BinaryPrimitives.ReadInt32BigEndian(Table("post", 8)[4..]) / 65536.0 : 0;
        PostScriptName = ReadPostScriptName();
    }

    /// <summary>PostScript name (name ID 6).</summary>
    public string PostScriptName { get; }

    /// <summary>Units of the em square; all metrics are in these.</summary>
    public int UnitsPerEm { get; }

    /// <summary>Number of glyphs.</summary>
    public int GlyphCount { get; }

    /// <summary>Whether the font's own flags allow to embed a subset of it (OS/2 fsType).</summary>
    public bool MayBeEmbedded { get; }

    internal int Ascent { get; }

    internal int Descent { get; }

    internal int CapHeight { get; }

    internal double ItalicAngle { get; }

    internal (int XMin, int YMin, int XMax, int YMax) Box { get; }

    /// <summary>Reads a font file (.ttf) or one font of a collection (.ttc). The memory must stay unchanged.</summary>
    /// <exception cref="MalformedException">it is no TrueType font</exception>
    public static TrueTypeFont Read(ReadOnlyMemory<byte> file, int index = 0)
    {
        ReadOnlySpan<byte> span = file.Span;
        if (span.Length >= 12 && span[..4].SequenceEqual("ttcf"u8))
        {
            uint count = BinaryPrimitives.ReadUInt32BigEndian(span[8..]);
            if (index < 0 || index >= count || span.Length < 16 + index * 4)
            {
                throw new MalformedException(Clause, $"the collection has no font {index}");
            }
            return new TrueTypeFont(file, (int)BinaryPrimitives.ReadUInt32BigEndian(span[(12 + index * 4)..]));
        }
        return new TrueTypeFont(file, 0);
    }

    /// <summary>The glyph of a character; 0 where the font has none.</summary>
    public int Glyph(Rune character) => _characters.Glyph(character.Value) is var glyph && glyph < GlyphCount ? glyph : 0;

    /// <summary>Advance width in font units.</summary>
    public int Advance(int glyph)
    {
        int at = Math.Min(glyph, _longMetrics - 1) * 4;
        return U16(Table("hmtx", 0), at);
    }

    internal int LeftSideBearing(int glyph)
    {
        ReadOnlySpan<byte> hmtx = Table("hmtx", 0);
        return glyph < _longMetrics ? I16(hmtx, glyph * 4 + 2) : I16(hmtx, _longMetrics * 4 + (glyph - _longMetrics) * 2);
    }

    /// <summary>The outline as in the glyf table; empty for blanks.</summary>
    internal ReadOnlySpan<byte> Outline(int glyph)
    {
        ReadOnlySpan<byte> loca = Table("loca", 0);
        (long start, long end) = _longLocations
            ? (BinaryPrimitives.ReadUInt32BigEndian(loca[(glyph * 4)..]), BinaryPrimitives.ReadUInt32BigEndian(loca[(glyph * 4 + 4)..]))
            : (U16(loca, glyph * 2) * 2L, U16(loca, glyph * 2 + 2) * 2L);
        ReadOnlySpan<byte> glyf = Table("glyf", 0);
        return start <= end && end <= glyf.Length
            ? glyf[(int)start..(int)end]
            : throw new MalformedException(Clause, $"the outline of glyph {glyph} is outside its table");
    }

    /// <summary>A table, or nothing if the font lacks it.</summary>
    internal ReadOnlySpan<byte> OptionalTable(string tag) => _tables.ContainsKey(tag) ? Table(tag, 0) : default;

    internal ReadOnlySpan<byte> Table(string tag, int atLeast) =>
        _tables.TryGetValue(tag, out (int Offset, int Length) table) && table.Length >= atLeast
            ? _file.Span.Slice(table.Offset, table.Length)
            : throw new MalformedException(Clause, $"the font has no usable table '{tag}'");

    private static int U16(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt16BigEndian(data[at..]);

    private static int I16(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadInt16BigEndian(data[at..]);

    private void ReadDirectory(int directory)
    {
        ReadOnlySpan<byte> file = _file.Span;
        if (
            directory < 0
            || directory > file.Length - 12
            || BinaryPrimitives.ReadUInt32BigEndian(file[directory..]) is not (0x00010000 or 0x74727565)
        )
        {
            throw new MalformedException(Clause, "no TrueType outlines (CFF-flavoured OpenType can't be subset here)");
        }
        int count = U16(file, directory + 4);
        for (int i = 0; i < count; i++)
        {
            int at = directory + 12 + i * 16;
            if (at > file.Length - 16)
            {
                throw new MalformedException(Clause, "the table directory is cut off");
            }
            uint offset = BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8)..]);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[(at + 12)..]);
            if (offset > file.Length || length > file.Length - offset)
            {
                throw new MalformedException(Clause, "a table lies outside the file");
            }
            _tables[Encoding.ASCII.GetString(file.Slice(at, 4))] = ((int)offset, (int)length);
        }
    }

    private string ReadPostScriptName()
    {
        ReadOnlySpan<byte> name = OptionalTable("name");
        if (name.Length >= 6)
        {
            int count = U16(name, 2);
            int strings = U16(name, 4);
            for (int i = 0; i < count && 6 + i * 12 + 12 <= name.Length; i++)
            {
                ReadOnlySpan<byte> record = name.Slice(6 + i * 12, 12);
                int from = strings + U16(record, 10);
                int length = U16(record, 8);
                if (U16(record, 6) == 6 && from + length <= name.Length)
                {
                    string text =
                        U16(record, 0) == 1
                            ? Encoding.Latin1.GetString(name.Slice(from, length))
                            : Encoding.BigEndianUnicode.GetString(name.Slice(from, length));
                    text = string.Concat(text.Where(c => c is > ' ' and <= '~' && !"[](){}<>/%".Contains(c)));
                    if (text.Length is > 0 and <= 63)
                    {
                        return text;
                    }
                }
            }
        }
        return "Font";
    }
}
