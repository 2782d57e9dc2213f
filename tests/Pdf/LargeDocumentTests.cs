using EContract.Pdf.Reading;
using EContract.TestKit;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>Alone, since it counts what the process allocates.</summary>
[Collection(nameof(LargeDocumentTests))]
[CollectionDefinition(nameof(LargeDocumentTests), DisableParallelization = true)]
public sealed class LargeDocumentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>A gigabyte of it with ECONTRACT_LONG=1.</summary>
    [Fact]
    public async Task A_large_document_is_never_held_in_memory()
    {
        long size = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 1L << 30 : 96L << 20;
        string path = Path.Combine(_folder.Path, "large.pdf");
        using (FileStream file = File.Create(path))
        {
            SizedPdf.Write(file, (int)(size >> 23), 8 << 20);
        }
        using FileStream original = File.OpenRead(path);
        using FileStream output = File.Create(Path.Combine(_folder.Path, "signed.pdf"));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        PreparedPdf prepared = PdfSigning.Prepare(
            original,
            TestSigner.Request with
            {
                Placement = new SignaturePlacement(-1, new Rectangle(10, 10, 100, 40)),
            },
            Cancel
        );
        original.Position = 0;
        await PdfSigning.CompleteAsync(original, prepared, TestSigner.Cms(prepared), output, Cancel);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 16 << 20, $"{allocated} bytes were allocated for {size} bytes of document");
        EmbeddedSignature found = Assert.Single(new SignatureReader(PdfDocument.Open(output)).Signatures);
        Assert.Equal(SignatureCoverage.File, found.Coverage);
    }
}
