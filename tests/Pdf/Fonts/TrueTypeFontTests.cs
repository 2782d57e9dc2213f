using System.Buffers.Binary;
using System.Text;
using EContract.Pdf.Fonts;
using EContract.Pdf.Syntax;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Pdf.Tests.Fonts;

public sealed class TrueTypeFontTests
{
    private static readonly byte[] Gothic = File.ReadAllBytes("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf");

    [Fact]
    public void Reads_what_the_font_says_of_itself()
    {
        TrueTypeFont font = JapaneseFonts.Gothic;
        Assert.Equal("IPAGothic", font.PostScriptName);
        Assert.Equal(2048, font.UnitsPerEm);
        Assert.True(font.MayBeEmbedded);
        Assert.NotEqual(0, font.Glyph(new Rune('印')));
        Assert.Equal(0, font.Glyph(new Rune(0x1F600)));
        Assert.Equal(2048, font.Advance(font.Glyph(new Rune('印'))));
        Assert.Equal(1024, font.Advance(font.Glyph(new Rune('A'))));
    }

    /// <summary>A collection (TTC) of one font at another offset than 0 is the same font.</summary>
    [Fact]
    public void A_font_of_a_collection_is_read()
    {
        const int Header = 16;
        byte[] collection = new byte[Header + Gothic.Length];
        "ttcf"u8.CopyTo(collection);
        BinaryPrimitives.WriteUInt32BigEndian(collection.AsSpan(4), 0x00010000);
        BinaryPrimitives.WriteUInt32BigEndian(collection.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32BigEndian(collection.AsSpan(12), Header);
        Gothic.CopyTo(collection, Header);
        int tables = BinaryPrimitives.ReadUInt16BigEndian(Gothic.AsSpan(4));
        for (int i = 0; i < tables; i++)
        {
            Span<byte> offset = collection.AsSpan(Header + 12 + i * 16 + 8);
            BinaryPrimitives.WriteUInt32BigEndian(offset, BinaryPrimitives.ReadUInt32BigEndian(offset) + Header);
        }
        TrueTypeFont font = TrueTypeFont.Read(collection);
        Assert.Equal("IPAGothic", font.PostScriptName);
        Assert.Equal(JapaneseFonts.Gothic.Glyph(new Rune('印')), font.Glyph(new Rune('印')));
        Assert.Throws<MalformedException>(() => TrueTypeFont.Read(collection, 1));
    }

    [Fact]
    public void A_font_that_forbids_embedding_is_refused()
    {
        byte[] restricted = (byte[])Gothic.Clone();
        int tables = BinaryPrimitives.ReadUInt16BigEndian(restricted.AsSpan(4));
        for (int i = 0; i < tables; i++)
        {
            ReadOnlySpan<byte> record = restricted.AsSpan(12 + i * 16, 16);
            if (record[..4].SequenceEqual("OS/2"u8))
            {
                BinaryPrimitives.WriteUInt16BigEndian(restricted.AsSpan((int)BinaryPrimitives.ReadUInt32BigEndian(record[8..]) + 8), 2);
            }
        }
        TrueTypeFont font = TrueTypeFont.Read(restricted);
        Assert.False(font.MayBeEmbedded);
        Assert.Equal(PdfRefusal.FontUnusable, Assert.Throws<PdfRefusedException>(() => new FontSubset(font)).Reason);
    }

    /// <summary>The subset is a font by itself: its own parser reads it back, with the same outlines and widths under new numbers.</summary>
    [Fact]
    public void A_subset_has_the_outlines_and_widths_of_the_font()
    {
        var subset = new FontSubset(JapaneseFonts.Mincho);
        Rune[] text = [.. "金銭消費貸借契約書Åé（甲）".EnumerateRunes()];
        ushort[] codes = [.. text.Select(subset.Encode)];
        var objects = new List<PdfObject>();
        subset.Write(o =>
        {
            objects.Add(o);
            return new PdfReference(objects.Count, 0);
        });
        PdfStream embedded = objects.OfType<PdfStream>().Single(s => s.Dictionary["Length1"] is not null);
        byte[] file = EContract.Pdf.Filters.Flate.Decode(embedded.Data!, 1 << 24);
        Assert.Equal(file.Length, ((PdfInteger)embedded.Dictionary["Length1"]!).Value);
        Assert.Equal(0xB1B0AFBA, Sum(file));
        int tables = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(4));
        Assert.Equal(
            ["cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"],
            Enumerable.Range(0, tables).Select(i => Encoding.ASCII.GetString(file, 12 + i * 16, 4))
        );
        Assert.Equal(text.Distinct().Count(), codes.Distinct().Count());
        Assert.True(file.Length < 60_000, $"{file.Length} bytes");
        Assert.Equal(Enumerable.Range(1, codes.Distinct().Count()).Select(i => (ushort)i), codes.Distinct());
    }

    [Theory]
    [InlineData("OTTO")]
    [InlineData("")]
    [InlineData("ttcf")]
    public void What_is_no_TrueType_font_is_malformed(string start) =>
        Assert.Throws<MalformedException>(() => TrueTypeFont.Read(Encoding.ASCII.GetBytes(start.PadRight(64, '\0'))));

    private static uint Sum(ReadOnlySpan<byte> file)
    {
        uint sum = 0;
        for (int i = 0; i < file.Length; i += 4)
        {
            sum = unchecked(sum + BinaryPrimitives.ReadUInt32BigEndian(file[i..]));
        }
        return sum;
    }
}
