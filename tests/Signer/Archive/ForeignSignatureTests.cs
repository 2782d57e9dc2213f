using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Signing;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using EContract.TestKit.Documents;
using EContract.Validation.Reports;
using Xunit;

namespace EContract.Signer.Tests.Archive;

/// <summary>
/// What poppler (with an NSS database) and OpenSSL have signed is raised level by level, and passes when its authority has gone. Its OCSP
/// responder and CRLs answer on loopback until then.
/// </summary>
public sealed class ForeignSignatureTests : IAsyncLifetime
{
    private static readonly byte[] Contract = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);
    private static readonly byte[] Content = "契約"u8.ToArray();

    private readonly TemporaryFolder _folder = new();
    private Preservation _world = null!;
    private string _era = "";

    public async ValueTask InitializeAsync()
    {
        _world = await Preservation.StartAsync(TimeProvider.System.GetUtcNow());
        _era = _world.Begin(TimeSpan.FromDays(3650), TimeSpan.FromDays(1000));
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_PDF_that_poppler_signed()
    {
        var signed = await SignWithPopplerAsync();
        Assert.Equal(1, (await PdfSig.CheckAsync(signed)).Valid);
        var raised = new List<byte[]>();
        foreach (var level in new[] { ItemLevel.Timestamped, ItemLevel.LongTerm, ItemLevel.LongTermArchive })
        {
            var result = await _world.AugmentAsync(signed, level);
            var whole = Preservation.Whole(signed, result);
            Assert.True(whole.AsSpan().StartsWith(signed));
            Assert.Equal(1, (await PdfSig.CheckAsync(whole)).Valid);
            raised.Add(whole);
        }

        var status = await _world.StatusOfNewestUnitAsync();
        _world.Server.Close(_era);
        // Poppler embeds the signer's certificate alone.
        Assert.Equal("INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND", Tell(await _world.ValidateOfflineAsync(signed)));
        Assert.Equal("INDETERMINATE/TRY_LATER", Tell(await _world.ValidateOfflineAsync(raised[0])));
        foreach (var document in raised.Skip(1))
        {
            var report = await _world.ValidateOfflineAsync(document, status);
            Assert.Equal("TOTAL-PASSED", Tell(report));
            Assert.Equal("adbe.pkcs7.detached", report.Signatures[0].Pdf!.SubFilter);
            await Preserved.RequireTokensAsync(document, _world.Hierarchy.RootPem, document == raised[1] ? 1 : 2);
        }
    }

    [Fact]
    public async Task A_detached_signature_that_OpenSSL_made()
    {
        var content = _folder.Write("content", Content);
        var signature = Path.Combine(_folder.Path, "signature.p7s");
        var (certificate, key) = Issue();
        await RequireAsync(
            "openssl",
            "cms",
            "-sign",
            "-cades",
            "-binary",
            "-md",
            "sha256",
            "-outform",
            "DER",
            "-signer",
            _folder.Write("signer.pem", System.Text.Encoding.ASCII.GetBytes(certificate)),
            "-inkey",
            _folder.Write("key.pem", System.Text.Encoding.ASCII.GetBytes(key)),
            "-in",
            content,
            "-out",
            signature
        );
        var signed = await File.ReadAllBytesAsync(signature, TestContext.Current.CancellationToken);
        var raised = new List<byte[]>();
        foreach (var level in new[] { ItemLevel.Timestamped, ItemLevel.LongTerm, ItemLevel.LongTermArchive })
        {
            var result = await _world.ProcessAsync(signed, new AugmentationOrder { Level = level }, Digests());
            raised.Add(result.Augmented.Bytes.ToArray());
        }

        var status = await _world.StatusOfNewestUnitAsync();
        _world.Server.Close(_era);
        Assert.Equal("INDETERMINATE/TRY_LATER", Tell(await _world.ValidateCmsOfflineAsync(raised[0], Content)));
        foreach (var document in raised.Skip(1))
        {
            Assert.Equal("TOTAL-PASSED", Tell(await _world.ValidateCmsOfflineAsync(document, Content, status)));
            Assert.Equal("TOTAL-FAILED/HASH_FAILURE", Tell(await _world.ValidateCmsOfflineAsync(document, [1], status)));
        }

        await Preserved.RequireArchivedAsync(raised[2], SHA256.HashData(Content), _world.Hierarchy.RootPem);
    }

    private static Dictionary<string, byte[]> Digests() => new() { ["SHA256"] = SHA256.HashData(Content) };

    private static string Tell(ValidationReport report) => report.Conclusion.ToString();

    private (string Certificate, string Key) Issue()
    {
        using var key = RSA.Create(2048);
        var issued = _world.Hierarchy.IssueSubscriber(key.ExportSubjectPublicKeyInfo());
        using var certificate = X509CertificateLoader.LoadCertificate(issued);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private async Task<byte[]> SignWithPopplerAsync()
    {
        var (certificate, key) = Issue();
        var database = $"sql:{Directory.CreateDirectory(Path.Combine(_folder.Path, "nss")).FullName}";
        var parcel = Path.Combine(_folder.Path, "signer.p12");
        var signed = Path.Combine(_folder.Path, "signed.pdf");
        var pem = _folder.Write("signer.pem", System.Text.Encoding.ASCII.GetBytes(certificate + "\n" + key));
        await RequireAsync("openssl", "pkcs12", "-export", "-in", pem, "-out", parcel, "-name", "signer", "-passout", "pass:x");
        await RequireAsync("certutil", "-N", "-d", database, "--empty-password");
        await RequireAsync("pk12util", "-i", parcel, "-d", database, "-W", "x");
        var original = _folder.Write("contract.pdf", Contract);
        await RequireAsync("pdfsig", "-nssdir", database, "-add-signature", "-nick", "signer", "-digest", "SHA256", original, signed);
        return await File.ReadAllBytesAsync(signed, TestContext.Current.CancellationToken);
    }

    private static async Task RequireAsync(string tool, params string[] arguments)
    {
        var (exit, output) = await ForeignTool.RunAsync(tool, arguments);
        Assert.True(exit == 0, $"{tool}: {output}");
    }
}
