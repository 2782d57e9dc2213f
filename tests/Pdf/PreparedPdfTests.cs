using System.Security.Cryptography;
using EContract.Pdf.Reading;
using EContract.TestKit;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>Signing pauses between two calls, maybe on two machines, with the document on disk.</summary>
public sealed class PreparedPdfTests : IDisposable
{
    private static readonly byte[] Original = Corpus.Read("unsigned/sample-files__pdflatex-forms.pdf");
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Streams_and_memory_give_the_same_document()
    {
        using FileStream file = File.OpenRead(_folder.Write("original.pdf", Original));
        PreparedPdf streamed = PdfSigning.Prepare(file, TestSigner.Request, Cancel);
        PreparedPdf prepared = PdfSigning.Prepare(Original, TestSigner.Request);
        Assert.Equal(prepared.Digest, streamed.Digest);
        byte[] cms = TestSigner.Cms(prepared);
        file.Position = 0;
        using var output = new MemoryStream();
        await PdfSigning.CompleteAsync(file, streamed, cms, output, Cancel);
        Assert.Equal(PdfSigning.Complete(Original, prepared, cms), output.ToArray());
        Assert.Equal(prepared.SignedLength, output.Length);
    }

    [Fact]
    public void Stored_state_is_taken_up_unchanged_and_without_the_original()
    {
        PreparedPdf prepared = PdfSigning.Prepare(Original, TestSigner.Request);
        byte[] state = prepared.Serialize();
        Assert.True(state.Length < 16 * 1024);
        PreparedPdf restored = PreparedPdf.Deserialize(state);
        Assert.Equal(prepared.Digest, restored.Digest);
        Assert.Equal(prepared.FieldName, restored.FieldName);
        byte[] cms = TestSigner.Cms(restored);
        Assert.Equal(PdfSigning.Complete(Original, prepared, cms), PdfSigning.Complete(Original, restored, cms));
        for (int length = 0; length < state.Length; length += 97)
        {
            Assert.Throws<MalformedException>(() => PreparedPdf.Deserialize(state.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void The_digest_is_that_of_all_bytes_but_Contents(string algorithm)
    {
        var name = new HashAlgorithmName(algorithm);
        PreparedPdf prepared = PdfSigning.Prepare(Original, TestSigner.Request with { DigestAlgorithm = name });
        var reader = new SignatureReader(PdfDocument.Open(PdfSigning.Complete(Original, prepared, TestSigner.Cms(prepared))));
        using var hash = IncrementalHash.CreateHash(name);
        reader.ReadCovered(reader.Signatures[0], hash.AppendData);
        Assert.Equal(hash.GetHashAndReset(), prepared.Digest);
    }

    [Fact]
    public void A_signature_fills_its_room_exactly_and_one_byte_more_is_refused()
    {
        int size = TestSigner.Cms(PdfSigning.Prepare(Original, TestSigner.Request)).Length;
        byte[] signed = TestSigner.Sign(Original, TestSigner.Request with { ContentsSize = size });
        EmbeddedSignature found = new SignatureReader(PdfDocument.Open(signed)).Signatures[0];
        Assert.Equal(size, found.Contents.Length);
        Assert.Equal(size, found.Cms.Length);
        var refused = Assert.Throws<PdfRefusedException>(() =>
            TestSigner.Sign(Original, TestSigner.Request with { ContentsSize = size - 1 })
        );
        Assert.Equal(PdfRefusal.ContentsTooSmall, refused.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Another_original_is_refused(int longer)
    {
        PreparedPdf prepared = PdfSigning.Prepare(Original, TestSigner.Request);
        byte[] other = new byte[Original.Length + longer];
        Original.AsSpan(0, Math.Min(Original.Length, other.Length)).CopyTo(other);
        other[100] ^= longer == 0 ? (byte)1 : (byte)0;
        byte[] cms = TestSigner.Cms(prepared);
        var refused = await Assert.ThrowsAsync<PdfRefusedException>(() =>
            PdfSigning.CompleteAsync(new MemoryStream(other), prepared, cms, Stream.Null, Cancel)
        );
        Assert.Equal(PdfRefusal.OriginalChanged, refused.Reason);
    }
}
