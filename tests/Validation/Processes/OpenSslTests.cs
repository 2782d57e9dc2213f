using EContract.TestKit;
using Xunit;

namespace EContract.Validation.Tests.Processes;

/// <summary>CMS and CAdES that OpenSSL makes, of every key type that banks meet.</summary>
public sealed class OpenSslTests
{
    [Theory]
    [InlineData("TOTAL-PASSED", "rsa:3072", "-cades")]
    [InlineData("TOTAL-PASSED", "rsa:3072", "-cades", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32")]
    [InlineData("TOTAL-PASSED", "ec:P-256", "-cades", "-nodetach")]
    [InlineData("TOTAL-PASSED", "ec:P-384", "-cades", "-md", "sha384")]
    [InlineData("TOTAL-PASSED", "ec:P-521", "-md", "sha512")]
    [InlineData("TOTAL-PASSED", "ec:brainpoolP256r1", "-cades")]
    [InlineData("TOTAL-PASSED", "ec:P-256", "-noattr")]
    [InlineData("INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "rsa:3072", "-md", "sha1")]
    public async Task It_is_judged(string conclusion, string key, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string At(string name) => Path.Combine(folder.Path, name);
        await File.WriteAllBytesAsync(At("content"), "contract"u8.ToArray(), TestContext.Current.CancellationToken);
        string[] newKey = key.StartsWith("ec:", StringComparison.Ordinal)
            ? ["-newkey", "ec", "-pkeyopt", $"ec_paramgen_curve:{key[3..]}"]
            : ["-newkey", key];
        string[] usage = ["-addext", "keyUsage=digitalSignature,keyCertSign"];
        await Run([
            "req",
            "-x509",
            "-nodes",
            "-days",
            "3",
            "-subj",
            "/CN=Signer",
            .. newKey,
            .. usage,
            "-keyout",
            At("key"),
            "-out",
            At("crt"),
        ]);
        string[] sign = ["cms", "-sign", "-binary", "-outform", "DER", "-in", At("content"), "-signer", At("crt"), "-inkey", At("key")];
        await Run([.. sign, "-out", At("p7s"), .. options]);

        // The signer is its own anchor: nobody issued it, hence nobody could revoke it.
        var certificate = Pki.X509.Certificate.Parse(await File.ReadAllBytesAsync(At("crt"), TestContext.Current.CancellationToken));
        var policy = Validation.Policies.ValidationPolicy.Default.Trusting(
            new Validation.Policies.PolicyAnchor(Validation.Paths.TrustAnchor.From(certificate))
        ) with
        {
            Revocation = new Validation.Policies.RevocationConstraints { Required = false },
        };
        await using var content = File.OpenRead(At("content"));
        var report = await new SignatureValidator(policy, TimeProvider.System).ValidateCmsAsync(
            await File.ReadAllBytesAsync(At("p7s"), TestContext.Current.CancellationToken),
            new ValidationRequest { Content = content },
            TestContext.Current.CancellationToken
        );
        Assert.True(conclusion == report.Conclusion.ToString(), string.Join('\n', report.Conclusion.Findings));
    }

    private static async Task Run(string[] arguments)
    {
        var (code, output) = await ForeignTool.RunAsync("openssl", arguments);
        Assert.True(code == 0, output);
    }
}
