using System.Text;
using EContract.Pdf.Filters;
using EContract.Pdf.Syntax;
using Xunit;

namespace EContract.Pdf.Tests.Filters;

public sealed class Iso32000_7_4_FilterTests
{
    private const int Limit = 1 << 20;

    [Fact]
    public void Flate_decodes_what_it_encoded_and_no_more_than_allowed()
    {
        byte[] data = Encoding.ASCII.GetBytes(
            string.Concat(
                Enumerable.Repeat("貸借契約書 contract", 5000).Select(s => s.Replace("貸借契約書", "#", StringComparison.Ordinal))
            )
        );
        byte[] packed = Flate.Encode(data);
        Assert.Equal(data, Flate.Decode(packed, Limit));
        Assert.Equal(data, Flate.Decode(packed, data.Length + 1));
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => Flate.Decode(packed, data.Length / 2)).Reason);
        packed[10] ^= 0xFF;
        Assert.Throws<MalformedException>(() => Flate.Decode(packed, Limit));
    }

    /// <summary>The example of ISO 32000-2 §7.4.4.2.</summary>
    [Fact]
    public void Lzw_decodes_the_example_of_the_standard() =>
        Assert.Equal(
            [45, 45, 45, 45, 45, 65, 45, 45, 45, 66],
            Lzw.Decode([0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01], 1, Limit)
        );

    [Theory]
    [InlineData("87cURD]i,\"Ebo80~>", "Hello World!")]
    [InlineData("z~>", "\0\0\0\0")]
    [InlineData("87cUR D]~>", "Hello")]
    public void Base_85_is_decoded(string encoded, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(AsciiFilters.Decode85(Encoding.ASCII.GetBytes(encoded), Limit)));

    [Fact]
    public void Hexadecimal_digits_are_decoded() => Assert.Equal([0x4E, 0x6F, 0x70], AsciiFilters.DecodeHex("4E 6f\n7>"u8));

    [Fact]
    public void Run_lengths_are_decoded() =>
        Assert.Equal("abcxxxx"u8.ToArray(), RunLength.Decode([2, (byte)'a', (byte)'b', (byte)'c', 253, (byte)'x', 128, 1], Limit));

    [Fact]
    public void Png_predictors_of_every_type_are_undone()
    {
        // Rows of 3 bytes: None, Sub, Up, Average, Paeth.
        byte[] rows = [0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 1, 1, 4, 1, 1, 1];
        Assert.Equal([1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4, 5], Predictor.Png(rows, 3, 1));
    }

    [Fact]
    public void A_chain_of_filters_is_undone_in_its_order()
    {
        byte[] hex = Encoding.ASCII.GetBytes(Convert.ToHexString(Flate.Encode("structure"u8)) + ">");
        PdfDictionary dictionary = new PdfDictionary().Set(
            "Filter",
            new PdfArray(new PdfName("ASCIIHexDecode"), new PdfName("FlateDecode"))
        );
        Assert.Equal("structure"u8.ToArray(), StreamFilters.Decode(hex, dictionary, o => o, Limit));
    }

    [Fact]
    public void A_filter_of_images_is_no_structure() =>
        Assert.Throws<MalformedException>(() =>
            StreamFilters.Decode([1], new PdfDictionary().Set("Filter", new PdfName("DCTDecode")), o => o, Limit)
        );
}
