using System.Text;
using EContract.Pdf.Filters;
using EContract.Pdf.Reading;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>Small files that would cost much: each is refused at its limit.</summary>
public sealed class HostileDocumentTests
{
    [Fact]
    public void A_cross_reference_stream_that_inflates_without_end_is_refused() =>
        AssertRefused(PdfRefusal.TooLarge, WithStreamSection(new byte[60 << 20], "/W[1 4 2]/Size 4"));

    [Fact]
    public void Object_numbers_beyond_all_bounds_are_refused() =>
        AssertRefused(PdfRefusal.TooLarge, WithStreamSection(new byte[7], "/W[1 4 2]/Size 4/Index[2147483647 1]"));

    [Fact]
    public void A_table_that_promises_more_entries_than_it_has_is_damaged() =>
        AssertRefused(PdfRefusal.Damaged, "%PDF-1.4\nxref\n0 8388607\n0000000000 65535 f \ntrailer<<>>\nstartxref\n9\n%%EOF"u8.ToArray());

    [Fact]
    public void An_object_stream_that_inflates_without_end_is_refused()
    {
        byte[] bomb = Flate.Encode(new byte[60 << 20]);
        byte[] head = Encoding.ASCII.GetBytes(
            $"%PDF-1.5\n4 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length {bomb.Length}>>stream\n"
        );
        byte[] rows = [2, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 9, 0, 0];
        byte[] start = [.. head, .. bomb, .. "\nendstream endobj\n"u8];
        byte[] section = Section(rows, "/W[1 4 2]/Size 5/Index[1 1 4 1]/Root 1 0 R");
        byte[] file = [.. start, .. section, .. Encoding.ASCII.GetBytes($"startxref\n{start.Length}\n%%EOF")];
        AssertRefused(PdfRefusal.TooLarge, file);
    }

    /// <summary>Each level names the next twice: 2⁴⁰ pages in 2 KB.</summary>
    [Fact]
    public void A_page_tree_that_multiplies_is_refused()
    {
        string[] levels = [.. Enumerable.Range(3, 40).Select(i => $"<</Type/Pages/Count 2/Kids[{i + 1} 0 R {i + 1} 0 R]>>")];
        byte[] file = TestPdf.Build(
            "%PDF-1.4\n",
            "\n",
            ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", .. levels, "<</Type/Page>>"]
        );
        AssertRefused(PdfRefusal.TooLarge, file, new SignaturePlacement(-1, new Rectangle(1, 1, 10, 10)));
    }

    [Theory]
    [InlineData("2 0 R")]
    [InlineData("3 0 R")]
    public void A_page_tree_that_loops_is_malformed(string kid)
    {
        byte[] file = TestPdf.Build(
            "%PDF-1.4\n",
            "\n",
            "<</Type/Catalog/Pages 2 0 R>>",
            $"<</Type/Pages/Count 1/Kids[{kid}]>>",
            "<</Type/Pages/Kids[2 0 R]>>"
        );
        Assert.Throws<MalformedException>(() => PdfSigning.Prepare(file, TestSigner.Request));
    }

    [Fact]
    public void References_in_a_circle_are_malformed()
    {
        byte[] file = TestPdf.Build("%PDF-1.4\n", "\n", "<</Type/Catalog/Pages 2 0 R>>", "3 0 R", "2 0 R");
        Assert.Throws<MalformedException>(() => PdfSigning.Prepare(file, TestSigner.Request));
    }

    [Fact]
    public void A_chain_of_sections_that_loops_is_malformed()
    {
        byte[] file = Encoding.ASCII.GetBytes("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer<</Prev 9>>\nstartxref\n9\n%%EOF");
        Assert.Throws<MalformedException>(() => PdfDocument.Open(file));
    }

    /// <summary>A field that is its own kid, and a hundred thousand fields: read once each.</summary>
    [Fact]
    public void A_form_that_loops_is_read_once()
    {
        byte[] file = TestPdf.Classic(
            "/AcroForm<</Fields[4 0 R 4 0 R]>>",
            more: ["<</FT/Sig/T(a)/Kids[4 0 R 5 0 R]>>", "<</T(b)/Parent 4 0 R/V<</ByteRange[0 1 2 3]>>>>"]
        );
        Assert.Equal("a.b", Assert.Single(new SignatureReader(PdfDocument.Open(file)).Signatures).FieldName);
    }

    [Fact]
    public void A_file_beyond_the_size_limit_is_refused() =>
        Assert.Equal(
            PdfRefusal.TooLarge,
            Assert.Throws<PdfRefusedException>(() => PdfDocument.Open(TestPdf.Classic(), new PdfLimits { MaxFileSize = 100 })).Reason
        );

    private static byte[] WithStreamSection(byte[] rows, string entries) =>
        [.. "%PDF-1.5\n"u8, .. Section(rows, entries), .. "startxref\n9\n%%EOF"u8];

    private static byte[] Section(byte[] rows, string entries)
    {
        byte[] packed = Flate.Encode(rows);
        return
        [
            .. Encoding.ASCII.GetBytes($"9 0 obj<</Type/XRef{entries}/Filter/FlateDecode/Length {packed.Length}>>stream\n"),
            .. packed,
            .. "\nendstream endobj\n"u8,
        ];
    }

    private static void AssertRefused(PdfRefusal reason, byte[] file, SignaturePlacement? placement = null) =>
        Assert.Equal(
            reason,
            Assert.Throws<PdfRefusedException>(() => PdfSigning.Prepare(file, TestSigner.Request with { Placement = placement })).Reason
        );
}
