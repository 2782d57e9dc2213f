using EContract.Pdf.Reading;
using EContract.TestKit;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>
/// Every file of shared/corpus/unsigned is signed, or refused for the reason in the table; every file of shared/corpus/signed is signed
/// once more, and what its earlier signatures were worth they are worth still.
/// </summary>
public sealed class CorpusSigningTests(NssDatabase nss) : IClassFixture<NssDatabase>, IDisposable
{
    /// <summary>What isn't signed, and what is true about it. Everything else in the corpus must be signed.</summary>
    private static readonly Dictionary<string, string> NotSigned = new()
    {
        // /Encrypt in the trailer.
        ["unsigned/dss__edition_protected_none.pdf"] = "Encrypted",
        ["unsigned/dss__open_protected.pdf"] = "Encrypted",
        ["unsigned/pdfbox__AESkeylength128.pdf"] = "Encrypted",
        ["unsigned/pdfbox__AESkeylength256.pdf"] = "Encrypted",
        ["unsigned/pdfbox__PasswordSample-256bit.pdf"] = "Encrypted",
        ["unsigned/pdfbox__PasswordSample-40bit.pdf"] = "Encrypted",
        ["unsigned/pdfjs__saslprep-r6.pdf"] = "Encrypted",
        ["unsigned/pyhanko__malformed-encrypt-dict1.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-aes256-malformed-oe.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-aes256-malformed-perms.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-aes256.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-pubkey-aes256.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-pubkey-rc4-envelope.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-pubkey-rc4.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-pubkey-unknown-envelope-alg.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-with-field-pubkey-aes256.pdf"] = "Encrypted",
        ["unsigned/pyhanko__minimal-with-field-rc4.pdf"] = "Encrypted",
        ["unsigned/safedocs__unicode-corrigendum5-unicode32-once.pdf"] = "Encrypted",
        ["signed/pyhanko__signed-encrypted-pubkey-with-catalog-ref.pdf"] = "Encrypted",
        // No cross-reference where startxref points: cut off after the first page, or offsets that were never right.
        ["unsigned/dss__EmptyPage-corrupted2.pdf"] = "Damaged",
        ["unsigned/pdfjs__PDFBOX-4352-0.pdf"] = "Damaged", // also encrypted, but its cross-reference table has a hole
        ["unsigned/pdfjs__encrypted-attachment.pdf"] = "Damaged",
        ["unsigned/pdfjs__issue10438_reduced.pdf"] = "Damaged",
        ["unsigned/pdfjs__xref_command_missing.pdf"] = "Damaged",
        ["unsigned/pyhanko__minimal-startxref-hopeless.pdf"] = "Damaged",
        ["unsigned/pyhanko__minimal-startxref-obo4.pdf"] = "Damaged",
        ["signed/dss__pades-5-signatures-and-1-document-timestamp.pdf"] = "Damaged", // /Prev 0
        ["signed/dss__pades_infinite_loop.pdf"] = "Damaged",
        ["signed/dss__pades_opposite_infinite_loop.pdf"] = "Damaged",
        // An object stream whose index is no list of integers: its objects (the page tree) can't be found.
        ["unsigned/pyhanko__broken-objstream2.pdf"] = "ISO 32000-2 §7.5.7",
        ["unsigned/pyhanko__broken-objstream3.pdf"] = "ISO 32000-2 §7.5.7",
        // The page is a stream, which has no place for an annotation.
        ["unsigned/safedocs__Dialect-DictIsStream.pdf"] = "ISO 32000-2 §7.7.3.3",
        ["signed/dss__malformed-pades.pdf"] = "ISO 32000-2 §7.5.2", // no %PDF header
        ["signed/dss__pkcs7-no-message-digest.pdf"] = "ChangesForbidden", // certified with P = 1
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files() => [.. Corpus.Unsigned, .. Corpus.Signed];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_table_names_only_files_that_exist() => Assert.Empty(NotSigned.Keys.Except([.. Corpus.Unsigned, .. Corpus.Signed]));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Is_signed_or_refused_for_a_true_reason(string name)
    {
        byte[] original = Corpus.Read(name);
        string? reason = NotSigned.GetValueOrDefault(name);
        byte[] signed;
        try
        {
            signed = TestSigner.Sign(original);
        }
        catch (PdfRefusedException e)
        {
            Assert.Equal(reason, e.Reason.ToString());
            return;
        }
        catch (MalformedException e)
        {
            Assert.Equal(reason, e.Clause);
            return;
        }
        Assert.Null(reason);

        Assert.True(signed.AsSpan().StartsWith(original), "the original is not a prefix");
        string file = _folder.Write("signed.pdf", signed);
        string before = _folder.Write("original.pdf", original);
        (int severity, string output) = await ForeignJudges.QpdfAsync(file);
        if (severity > 0)
        {
            Assert.True(severity <= (await ForeignJudges.QpdfAsync(before)).Severity, output);
        }
        int validBefore = name.StartsWith("signed/", StringComparison.Ordinal)
            ? (await ForeignJudges.PdfsigAsync(before, nss.Path)).Valid
            : 0;
        (int valid, int whole, string verdict) = await ForeignJudges.PdfsigAsync(file, nss.Path);
        if (name != "unsigned/dss__pdfa2u-gray.pdf") // the one "unsigned" file that has a signature
        {
            Assert.True(valid == validBefore + 1, verdict);
        }
        Assert.True(whole == 1, verdict);

        var reader = new SignatureReader(PdfDocument.Open(signed));
        EmbeddedSignature last = Assert.Single(reader.Signatures, s => s.Coverage == SignatureCoverage.File);
        Assert.Equal("契約の締結", last.Reason);
        Assert.Equal(TestSigner.Time, last.Time);
        await ForeignJudges.OpenSslVerifiesAsync(reader, last, _folder);
    }
}
