using EContract.Pdf.Reading;
using EContract.TestKit;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>Document time-stamps (ISO 32000-2 §12.8.5) with tokens that OpenSSL's own authority makes and verifies.</summary>
public sealed class Iso32000_12_8_5_DocumentTimeStampTests(NssDatabase nss) : IClassFixture<NssDatabase>, IDisposable
{
    private const string Configuration = """
        [req]
        distinguished_name = dn
        [dn]
        [tsu]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = critical, timeStamping
        [tsa]
        default_tsa = tsa1
        [tsa1]
        serial = serial
        crypto_device = builtin
        signer_cert = tsu.pem
        signer_key = tsu.key
        signer_digest = sha256
        default_policy = 1.2.3.4
        digests = sha256
        ess_cert_id_alg = sha256
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("unsigned/dss__PDF.pdf")]
    [InlineData("unsigned/sample-files__pdflatex-forms.pdf")]
    public async Task Is_verified_by_OpenSSL_and_leaves_the_signature_valid(string name)
    {
        byte[] signed = TestSigner.Sign(Corpus.Read(name));
        var request = new SignatureRequest { Format = SignatureFormat.DocumentTimeStamp, ContentsSize = 8192 };
        PreparedPdf prepared = PdfSigning.Prepare(signed, request);
        byte[] stamped = PdfSigning.Complete(signed, prepared, await TokenAsync(prepared));

        var reader = new SignatureReader(PdfDocument.Open(stamped));
        EmbeddedSignature stamp = reader.Signatures[^1];
        Assert.True(stamp.IsTimeStamp);
        Assert.Equal(SignatureCoverage.File, stamp.Coverage);
        using var covered = new MemoryStream();
        reader.ReadCovered(stamp, block => covered.Write(block));
        string[] verify =
        [
            "ts",
            "-verify",
            "-data",
            _folder.Write("covered.bin", covered.ToArray()),
            "-token_in",
            "-in",
            _folder.Write("token.der", stamp.Cms.Span),
            "-CAfile",
            Path.Combine(_folder.Path, "tsu.pem"),
        ];
        (int exit, string output) = await ForeignTool.RunAsync("openssl", verify);
        Assert.True(exit == 0, output);

        string file = _folder.Write("stamped.pdf", stamped);
        Assert.Equal(0, (await ForeignJudges.QpdfAsync(file)).Severity);
        (int valid, int whole, string verdict) = await ForeignJudges.PdfsigAsync(file, nss.Path);
        // poppler of Debian 12 has no verifier for ETSI.RFC3161 yet: it lists the time-stamp and verifies the signature.
        Assert.True(valid == 1 && whole == 1, verdict);
    }

    private async Task<byte[]> TokenAsync(PreparedPdf prepared)
    {
        _folder.Write("tsa.cnf", Configuration);
        _folder.Write("serial", "01\n");
        await RunAsync(
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout tsu.key -out tsu.pem -days 30 -subj /CN=Test-TSU -extensions tsu -config tsa.cnf"
        );
        await RunAsync($"openssl ts -query -digest {Convert.ToHexString(prepared.Digest.Span)} -sha256 -cert -out query.tsq");
        await RunAsync("openssl ts -reply -config tsa.cnf -queryfile query.tsq -token_out -out reply.der");
        return await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "reply.der"), TestContext.Current.CancellationToken);
    }

    private async Task RunAsync(string command)
    {
        (int exit, string output) = await ForeignTool.RunAsync("sh", "-c", $"cd '{_folder.Path}' && {command}");
        Assert.True(exit == 0, output);
    }
}
