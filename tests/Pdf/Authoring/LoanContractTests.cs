using EContract.Pdf.Appearance;
using EContract.Pdf.Syntax;
using EContract.TestKit;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Pdf.Tests.Authoring;

public sealed class LoanContractTests : IDisposable
{
    private static readonly string Shipped = Path.Combine(RepositoryRoot.Path, "demo", "loan-contract.pdf");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>ECONTRACT_WRITE_DEMO=1 writes the file anew. Compared decoded: how zlib packs may differ between machines.</summary>
    [Fact]
    public void The_shipped_contract_is_what_the_generator_writes()
    {
        byte[] generated = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);
        if (Environment.GetEnvironmentVariable("ECONTRACT_WRITE_DEMO") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Shipped)!);
            File.WriteAllBytes(Shipped, generated);
        }
        PdfDocument expected = PdfDocument.Open(generated);
        PdfDocument shipped = PdfDocument.Open(File.ReadAllBytes(Shipped));
        long size = ((PdfInteger)expected.Trailer["Size"]!).Value;
        Assert.Equal(size, ((PdfInteger)shipped.Trailer["Size"]!).Value);
        for (int number = 1; number < size; number++)
        {
            PdfObject? a = expected.Resolve(new PdfReference(number, 0));
            PdfObject? b = shipped.Resolve(new PdfReference(number, 0));
            if (a is PdfStream stream)
            {
                Assert.Equal(expected.Decode(stream), shipped.Decode(Assert.IsType<PdfStream>(b)));
            }
            else
            {
                Assert.Equal(a?.ToString(), b?.ToString());
            }
        }
    }

    [Fact]
    public async Task Viewers_read_its_Japanese_text_and_qpdf_finds_nothing_wrong()
    {
        (int severity, string output) = await ForeignJudges.QpdfAsync(Shipped);
        Assert.True(severity == 0, output);
        (_, string text) = await ForeignTool.RunAsync("pdftotext", "-layout", Shipped, "-");
        Assert.Contains("金銭消費貸借契約書", text, StringComparison.Ordinal);
        Assert.Contains("第14条（準拠法および管轄）", text, StringComparison.Ordinal);
        Assert.Contains("佐藤花子", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_party_signs_in_its_box_and_all_three_stay_valid()
    {
        byte[] document = File.ReadAllBytes(Shipped);
        foreach (
            (string role, string name, Rectangle box) in (ReadOnlySpan<(string, string, Rectangle)>)
                [
                    ("貸主", "株式会社みらい銀行", LoanContract.LenderBox),
                    ("債務者", "山田太郎", LoanContract.DebtorBox),
                    ("連帯保証人", "佐藤花子", LoanContract.GuarantorBox),
                ]
        )
        {
            document = TestSigner.Sign(
                document,
                TestSigner.Request with
                {
                    SignerName = name,
                    Certification = role == "貸主" ? CertificationLevel.FormFilling : CertificationLevel.None,
                    Placement = new SignaturePlacement(-1, box),
                    Appearance = SignatureAppearance.ForSigner(name, role, "契約の締結", TestSigner.Time, JapaneseFonts.Gothic),
                }
            );
        }
        string file = _folder.Write("signed.pdf", document);
        if (Environment.GetEnvironmentVariable("ECONTRACT_KEEP") is { Length: > 0 } keep)
        {
            File.Copy(file, keep, overwrite: true);
        }
        (_, string text) = await ForeignTool.RunAsync("pdftotext", "-layout", file, "-");
        Assert.Contains("理由：契約の締結", text, StringComparison.Ordinal);
        Assert.Equal(0, (await ForeignJudges.QpdfAsync(file)).Severity);
    }
}
