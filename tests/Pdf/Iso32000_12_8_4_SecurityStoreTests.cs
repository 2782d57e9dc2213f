using System.Security.Cryptography;
using EContract.Pdf.Reading;
using EContract.Pdf.Syntax;
using EContract.TestKit;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>The document security store (ISO 32000-2 §12.8.4.3): added behind signatures without disturbing them, each value once.</summary>
public sealed class Iso32000_12_8_4_SecurityStoreTests(NssDatabase nss) : IClassFixture<NssDatabase>, IDisposable
{
    private static readonly byte[] Certificate = RandomNumberGenerator.GetBytes(900);
    private static readonly byte[] Ocsp = RandomNumberGenerator.GetBytes(1500);
    private static readonly byte[] Crl = RandomNumberGenerator.GetBytes(700);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("unsigned/dss__PDF.pdf")]
    [InlineData("unsigned/sample-files__pdflatex-forms.pdf")]
    [InlineData("unsigned/pdfbox__testPDFPackage.pdf")]
    public async Task Is_added_and_read_and_earlier_signatures_stay_valid(string name)
    {
        byte[] signed = TestSigner.Sign(Corpus.Read(name));
        EmbeddedSignature signature = Assert.Single(new SignatureReader(PdfDocument.Open(signed)).Signatures);
        var content = new SecurityStoreContent
        {
            Certificates = [Certificate, Certificate],
            OcspResponses = [Ocsp],
            PerSignature =
            [
                new SignatureValidationData
                {
                    Contents = signature.Contents,
                    Certificates = [Certificate],
                    RevocationLists = [Crl],
                    Time = TestSigner.Time,
                },
            ],
        };
        byte[] stored = [.. signed, .. SecurityStore.Update(signed, content)];
        string file = _folder.Write("stored.pdf", stored);
        Assert.Equal(0, (await ForeignJudges.QpdfAsync(file)).Severity);
        Assert.Equal(1, (await ForeignJudges.PdfsigAsync(file, nss.Path)).Valid);

        PdfDocument document = PdfDocument.Open(stored);
        SecurityStoreContent read = SecurityStore.Read(document);
        Assert.Equal(Certificate, Assert.Single(read.Certificates).ToArray());
        Assert.Equal(Ocsp, Assert.Single(read.OcspResponses).ToArray());
        Assert.Equal(Crl, Assert.Single(read.RevocationLists).ToArray());
        var vri = document.Get<PdfDictionary>(document.Get<PdfDictionary>(document.Catalog, "DSS")!, "VRI")!;
        Assert.Equal(Convert.ToHexString(SHA1.HashData(signature.Contents.Span)), Assert.Single(vri).Key);
        Assert.Equal(SignatureCoverage.Revision, new SignatureReader(document).Signatures[0].Coverage);
    }

    [Fact]
    public void What_is_there_already_is_not_written_again()
    {
        byte[] original = TestPdf.Classic();
        byte[] once = [.. original, .. SecurityStore.Update(original, new SecurityStoreContent { Certificates = [Certificate] })];
        byte[] update = SecurityStore.Update(once, new SecurityStoreContent { Certificates = [Certificate, Crl], OcspResponses = [Ocsp] });
        PdfDocument twice = PdfDocument.Open((byte[])[.. once, .. update]);
        Assert.Equal([Certificate, Crl], SecurityStore.Read(twice).Certificates.Select(c => c.ToArray()));
        Assert.True(update.Length < Crl.Length + Ocsp.Length + 1200);
    }

    [Fact]
    public void A_document_time_stamp_protects_the_data_written_with_it()
    {
        byte[] signed = TestSigner.Sign(TestPdf.Classic());
        var request = new SignatureRequest
        {
            Format = SignatureFormat.DocumentTimeStamp,
            ContentsSize = 8192,
            SecurityStore = new SecurityStoreContent { Certificates = [Certificate] },
        };
        byte[] stamped = TestSigner.Sign(signed, request);
        PdfDocument document = PdfDocument.Open(stamped);
        Assert.Equal(Certificate, Assert.Single(SecurityStore.Read(document).Certificates).ToArray());
        Assert.Equal(SignatureCoverage.File, new SignatureReader(document).Signatures[^1].Coverage);
    }
}
