using System.Text;
using EContract.Pdf.CrossReference;
using EContract.Pdf.Reading;
using EContract.Pdf.Syntax;
using EContract.TestKit;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>Updates are appended in the kind of the file's last section, wherever the file ends and begins (ISO 32000-2 §7.5.6).</summary>
public sealed class Iso32000_7_5_6_IncrementalUpdateTests(NssDatabase nss) : IClassFixture<NssDatabase>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\n\n\0\0\0\0")]
    public async Task Any_end_of_file_is_signed(string end) => await AssertValidAsync(TestPdf.Classic(end: end), warningsBefore: true);

    [Theory]
    [InlineData("%PDF-1.3\n")]
    [InlineData("%PDF-2.0\r\n")]
    [InlineData("junk before the header\n%PDF-1.7\n")]
    public async Task Any_header_is_signed(string header) => await AssertValidAsync(TestPdf.Classic(header: header), warningsBefore: true);

    [Theory]
    [InlineData("unsigned/dss__PDF.pdf", SectionKind.Table)]
    [InlineData("unsigned/sample-files__pdflatex-forms.pdf", SectionKind.Stream)]
    [InlineData("unsigned/pyhanko__minimal-hybrid-xref-weirdgen.pdf", SectionKind.Table)]
    public void The_update_is_of_the_kind_of_the_last_section(string name, SectionKind kind)
    {
        byte[] original = Corpus.Read(name);
        PdfDocument before = PdfDocument.Open(original);
        PdfDocument after = PdfDocument.Open(TestSigner.Sign(original));
        Assert.Equal(kind, after.Sections[0].Kind);
        Assert.Equal(before.Sections.Count + 1, after.Sections.Count);
        Assert.Equal(before.Sections[0].Offset, ((PdfInteger)after.Trailer["Prev"]!).Value);
        Assert.Equal(before.CatalogReference, after.CatalogReference);
        Assert.Null(after.Trailer["XRefStm"]);
    }

    [Fact]
    public void The_first_identifier_stays_and_the_second_changes()
    {
        byte[] original = Corpus.Read("unsigned/sample-files__crazyones-pdfa.pdf");
        var before = (PdfArray)PdfDocument.Open(original).Trailer["ID"]!;
        var after = (PdfArray)PdfDocument.Open(TestSigner.Sign(original)).Trailer["ID"]!;
        Assert.Equal(before[0].ToString(), after[0].ToString());
        Assert.NotEqual(before[1].ToString(), after[1].ToString());
    }

    [Fact]
    public void A_second_signature_leaves_the_first_covering_its_revision()
    {
        byte[] twice = TestSigner.Sign(TestSigner.Sign(TestPdf.Classic()));
        var reader = new SignatureReader(PdfDocument.Open(twice));
        Assert.Equal(["Signature1", "Signature2"], reader.Signatures.Select(s => s.FieldName));
        Assert.Equal([1, 2], reader.Signatures.Select(s => s.Revision!.Value));
        Assert.Equal(3, reader.Revisions.Count);
        Assert.Empty(new SignatureReader(reader.Open(reader.Revisions[0])).Signatures);
        Assert.Single(new SignatureReader(reader.Open(reader.Revisions[1])).Signatures);
    }

    [Theory]
    [InlineData("/Annots[]")]
    [InlineData("/Annots 4 0 R")]
    [InlineData("/Annots 9 0 R")]
    public async Task The_page_gets_its_annotation_whatever_holds_the_others(string annots) =>
        await AssertValidAsync(
            TestPdf.Classic(page: annots, more: ["[5 0 R]", "<</Type/Annot/Subtype/Link/Rect[1 1 2 2]/Border[0 0 0]>>"]),
            placement: new SignaturePlacement(1, new Rectangle(50, 50, 200, 60))
        );

    [Theory]
    [InlineData("/AcroForm 4 0 R", "<</Fields[]>>")]
    [InlineData("/AcroForm 4 0 R", "<</Fields 5 0 R/SigFlags 3>>")]
    [InlineData("/AcroForm<</Fields 5 0 R>>", "null")]
    [InlineData("/AcroForm<</DA(/Helv 0 Tf)>>", "null")]
    public async Task The_form_gets_its_field_whatever_holds_the_others(string catalog, string form) =>
        await AssertValidAsync(TestPdf.Classic(catalog, more: [form, "[]"]));

    [Fact]
    public void An_existing_field_is_filled_in_place()
    {
        byte[] original = TestPdf.WithEmptyFields("甲", "乙");
        byte[] signed = TestSigner.Sign(original, TestSigner.Request with { FieldName = "乙" });
        PdfDocument document = PdfDocument.Open(signed);
        Assert.Equal("乙", Assert.Single(new SignatureReader(document).Signatures).FieldName);
        // Neither the page nor the catalog's list of fields had to change.
        Assert.DoesNotContain("\n3 0 obj", Encoding.Latin1.GetString(signed.AsSpan(original.Length)), StringComparison.Ordinal);
        Assert.Equal(2, ((PdfArray)((PdfDictionary)document.Catalog["AcroForm"]!)["Fields"]!).Count);
    }

    private async Task AssertValidAsync(byte[] original, bool warningsBefore = false, SignaturePlacement? placement = null)
    {
        byte[] signed = TestSigner.Sign(original, TestSigner.Request with { Placement = placement });
        Assert.True(signed.AsSpan().StartsWith(original));
        string file = _folder.Write("signed.pdf", signed);
        (int severity, string output) = await ForeignJudges.QpdfAsync(file);
        int before = warningsBefore ? (await ForeignJudges.QpdfAsync(_folder.Write("original.pdf", original))).Severity : 0;
        Assert.True(severity <= before, output);
        (int valid, int whole, string verdict) = await ForeignJudges.PdfsigAsync(file, nss.Path);
        Assert.True(valid == 1 && whole == 1, verdict);
    }
}
