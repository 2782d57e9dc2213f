using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EContract.Pdf.Filters;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Fonts;

/// <summary>
/// The glyphs of a font that a text uses, renumbered from 1 in the order of their first use, as a CIDFontType2 with Identity-H
/// (ISO 32000-2 §9.7.4.2) and a ToUnicode map, so that the text can be searched and copied.
/// </summary>
internal sealed class FontSubset
{
    private readonly TrueTypeFont _font;
    private readonly List<int> _glyphs = [0];
    private readonly Dictionary<int, ushort> _numbers = new() { [0] = 0 };
    private readonly SortedDictionary<ushort, Rune> _unicode = [];

    public FontSubset(TrueTypeFont font)
    {
        if (!font.MayBeEmbedded)
        {
            throw new PdfRefusedException(PdfRefusal.FontUnusable, $"{font.PostScriptName} forbids to embed it (OS/2 fsType)");
        }
        _font = font;
    }

    /// <summary>The character's code in strings of this font; takes the glyph into the subset.</summary>
    public ushort Encode(Rune character)
    {
        ushort number = Number(_font.Glyph(character));
        if (number != 0)
        {
            _unicode.TryAdd(number, character);
        }
        return number;
    }

    /// <summary>The font's objects as indirect objects; nothing may be encoded afterwards.</summary>
    public PdfReference Write(Func<PdfObject, PdfReference> add)
    {
        byte[] file = WriteFile();
        // §9.9.2: six letters that tell subsets apart.
        string name = $"{Tag(file)}+{_font.PostScriptName}";
        double scale = 1000.0 / _font.UnitsPerEm;
        double Scaled(double units) => Math.Round(units * scale);
        PdfReference embedded = add(
            new PdfStream(
                new PdfDictionary().Set("Filter", new PdfName("FlateDecode")).Set("Length1", PdfInteger.Of(file.Length)),
                Flate.Encode(file)
            )
        );
        PdfReference descriptor = add(
            new PdfDictionary()
                .Set("Type", new PdfName("FontDescriptor"))
                .Set("FontName", new PdfName(name))
                .Set("Flags", PdfInteger.Of(4))
                .Set(
                    "FontBBox",
                    PdfArray.Numbers(Scaled(_font.Box.XMin), Scaled(_font.Box.YMin), Scaled(_font.Box.XMax), Scaled(_font.Box.YMax))
                )
                .Set("ItalicAngle", new PdfReal(_font.ItalicAngle))
                .Set("Ascent", PdfInteger.Of((long)Scaled(_font.Ascent)))
                .Set("Descent", PdfInteger.Of((long)Scaled(_font.Descent)))
                .Set("CapHeight", PdfInteger.Of((long)Scaled(_font.CapHeight)))
                .Set("StemV", PdfInteger.Of(80))
                .Set("FontFile2", embedded)
        );
        PdfDictionary systemInfo = new PdfDictionary()
            .Set("Registry", PdfString.Text("Adobe"))
            .Set("Ordering", PdfString.Text("Identity"))
            .Set("Supplement", PdfInteger.Of(0));
        PdfReference descendant = add(
            new PdfDictionary()
                .Set("Type", new PdfName("Font"))
                .Set("Subtype", new PdfName("CIDFontType2"))
                .Set("BaseFont", new PdfName(name))
                .Set("CIDSystemInfo", systemInfo)
                .Set("FontDescriptor", descriptor)
                .Set("DW", PdfInteger.Of(1000))
                .Set("W", Widths(scale))
                .Set("CIDToGIDMap", new PdfName("Identity"))
        );
        PdfReference toUnicode = add(
            new PdfStream(new PdfDictionary().Set("Filter", new PdfName("FlateDecode")), Flate.Encode(Encoding.ASCII.GetBytes(ToUnicode())))
        );
        return add(
            new PdfDictionary()
                .Set("Type", new PdfName("Font"))
                .Set("Subtype", new PdfName("Type0"))
                .Set("BaseFont", new PdfName(name))
                .Set("Encoding", new PdfName("Identity-H"))
                .Set("DescendantFonts", new PdfArray(descendant))
                .Set("ToUnicode", toUnicode)
        );
    }

    private ushort Number(int glyph)
    {
        if (!_numbers.TryGetValue(glyph, out ushort number))
        {
            number = checked((ushort)_glyphs.Count);
            _glyphs.Add(glyph);
            _numbers.Add(glyph, number);
        }
        return number;
    }

    private static string Tag(ReadOnlySpan<byte> file)
    {
        ulong bits = BinaryPrimitives.ReadUInt64BigEndian(System.Security.Cryptography.SHA256.HashData(file));
        return string.Create(
            6,
            bits,
            static (letters, rest) =>
            {
                for (int i = 0; i < letters.Length; i++, rest /= 26)
                {
                    letters[i] = (char)('A' + rest % 26);
                }
            }
        );
    }

    private PdfArray Widths(double scale)
    {
        var widths = new List<PdfObject>(_glyphs.Count);
        foreach (int glyph in _glyphs)
        {
            widths.Add(PdfInteger.Of((long)Math.Round(_font.Advance(glyph) * scale)));
        }
        return new PdfArray(PdfInteger.Of(0), new PdfArray([.. widths]));
    }

    private string ToUnicode()
    {
        var text = new StringBuilder(
            """
            /CIDInit /ProcSet findresource begin
            12 dict begin
            begincmap
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
            /CMapName /Adobe-Identity-UCS def
            /CMapType 2 def
            1 begincodespacerange
            <0000> <FFFF>
            endcodespacerange

            """
        );
        // §9.10.3 by way of Adobe Technical Note 5014: at most 100 entries in one block.
        foreach (var block in _unicode.Chunk(100))
        {
            text.Append(CultureInfo.InvariantCulture, $"{block.Length} beginbfchar\n");
            foreach ((ushort code, Rune character) in block)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"<{code:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(character.ToString()))}>\n"
                );
            }
            text.Append("endbfchar\n");
        }
        return text.Append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").ToString();
    }

    private byte[] WriteFile()
    {
        using var glyf = new MemoryStream();
        var locations = new List<int>();
        // Components of composite glyphs join the list while it is walked.
        for (int i = 0; i < _glyphs.Count; i++)
        {
            locations.Add((int)glyf.Length);
            byte[] outline = _font.Outline(_glyphs[i]).ToArray();
            RenumberComponents(outline);
            glyf.Write(outline);
            while (glyf.Length % 4 != 0)
            {
                glyf.WriteByte(0);
            }
        }
        locations.Add((int)glyf.Length);

        byte[] loca = new byte[locations.Count * 4];
        byte[] hmtx = new byte[_glyphs.Count * 4];
        for (int i = 0; i < locations.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(loca.AsSpan(i * 4), locations[i]);
        }
        for (int i = 0; i < _glyphs.Count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(hmtx.AsSpan(i * 4), (ushort)_font.Advance(_glyphs[i]));
            BinaryPrimitives.WriteInt16BigEndian(hmtx.AsSpan(i * 4 + 2), (short)_font.LeftSideBearing(_glyphs[i]));
        }
        byte[] head = _font.Table("head", 54).ToArray();
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(50), 1); // long locations
        byte[] hhea = _font.Table("hhea", 36).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(hhea.AsSpan(34), (ushort)_glyphs.Count);
        byte[] maxp = _font.Table("maxp", 6).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(maxp.AsSpan(4), (ushort)_glyphs.Count);
        // The hinting programs stay: glyphs call into them.
        (string Tag, byte[] Data)[] tables =
        [
            ("cvt ", _font.OptionalTable("cvt ").ToArray()),
            ("fpgm", _font.OptionalTable("fpgm").ToArray()),
            ("glyf", glyf.ToArray()),
            ("head", head),
            ("hhea", hhea),
            ("hmtx", hmtx),
            ("loca", loca),
            ("maxp", maxp),
            ("prep", _font.OptionalTable("prep").ToArray()),
        ];
        return FontFile.Write([.. tables.Where(table => table.Data.Length > 0)]);
    }

    // glyf, composite glyph description: each component names a glyph by its number.
    private void RenumberComponents(Span<byte> outline)
    {
        const int Words = 0x0001;
        const int Scale = 0x0008;
        const int More = 0x0020;
        const int XAndYScale = 0x0040;
        const int TwoByTwo = 0x0080;
        if (outline.Length < 10 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
        {
            return;
        }
        for (int at = 10; ; )
        {
            if (at > outline.Length - 4)
            {
                throw new MalformedException("ISO/IEC 14496-22 glyf", "a composite glyph is cut off");
            }
            int flags = BinaryPrimitives.ReadUInt16BigEndian(outline[at..]);
            int component = BinaryPrimitives.ReadUInt16BigEndian(outline[(at + 2)..]);
            if (component >= _font.GlyphCount)
            {
                throw new MalformedException("ISO/IEC 14496-22 glyf", $"a composite glyph names glyph {component}");
            }
            BinaryPrimitives.WriteUInt16BigEndian(outline[(at + 2)..], Number(component));
            if ((flags & More) == 0)
            {
                return;
            }
            at += 4 + ((flags & Words) != 0 ? 4 : 2);
            at +=
                (flags & Scale) != 0 ? 2
                : (flags & XAndYScale) != 0 ? 4
                : (flags & TwoByTwo) != 0 ? 8
                : 0;
        }
    }
}
