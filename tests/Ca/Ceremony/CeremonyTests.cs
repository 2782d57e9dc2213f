using EContract.Ca.Authorities;
using EContract.Ca.Ceremony;
using EContract.Ca.Profiles;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Ceremony;

/// <summary>The demonstration's ceremony, whole, interrupted and repeated; OpenSSL and NSS judge what it made.</summary>
public sealed class CeremonyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryKeyStore _keys = new();

    public void Dispose()
    {
        _keys.Dispose();
        _folder.Dispose();
    }

    private CeremonyRunner Runner(IKeyStore? keys = null) => new(_folder.Path, keys ?? _keys, ProfileCatalogue.Load(), TimeProvider.System);

    private string PathOf(string path) => Path.Combine(_folder.Path, path);

    [Fact]
    public async Task What_it_makes_satisfies_openssl()
    {
        await Runner().RunAsync(Demonstration.ReadCeremony(), TestContext.Current.CancellationToken);
        var root = PathOf("pki/root.pem");
        foreach (
            var (purpose, certificate) in new[]
            {
                ("timestampsign", "pki/tsa-p256.pem"),
                ("sslserver", "tls/server.crt"),
                ("sslclient", "callers/portal.crt"),
                ("any", "pki/ocsp-subscribers.pem"),
                ("any", "pki/audit.pem"),
            }
        )
        {
            var (exit, output) = await ForeignTool.RunAsync(
                "openssl",
                "verify",
                "-x509_strict",
                "-purpose",
                purpose,
                "-CAfile",
                root,
                "-untrusted",
                PathOf(certificate),
                PathOf(certificate)
            );
            Assert.True(exit == 0, output);
        }

        var (crl, crlOutput) = await ForeignTool.RunAsync(
            "openssl",
            "crl",
            "-inform",
            "DER",
            "-in",
            PathOf("pki/root.crl"),
            "-CAfile",
            root,
            "-noout"
        );
        Assert.True(crl == 0 && crlOutput.Contains("verify OK", StringComparison.Ordinal), crlOutput);
    }

    [Fact]
    public async Task The_transcript_is_signed_by_the_root()
    {
        var result = await Runner().RunAsync(Demonstration.ReadCeremony(), TestContext.Current.CancellationToken);
        var (_, publicKey) = await ForeignTool.RunAsync("openssl", "x509", "-in", PathOf("pki/root.pem"), "-pubkey", "-noout");
        var key = _folder.Write("root.pub", publicKey);
        var (exit, output) = await ForeignTool.RunAsync(
            "openssl",
            "dgst",
            "-sha384",
            "-verify",
            key,
            "-signature",
            result.SignaturePath,
            result.TranscriptPath
        );
        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task It_refuses_to_run_twice()
    {
        await Runner().RunAsync(Demonstration.ReadCeremony(), TestContext.Current.CancellationToken);
        var again = await Assert.ThrowsAsync<ServiceException>(() =>
            Runner().RunAsync(Demonstration.ReadCeremony(), TestContext.Current.CancellationToken)
        );
        Assert.Equal(Fault.CeremonyAlreadyHeld, again.Fault);
    }

    [Fact]
    public async Task It_never_takes_a_key_that_it_did_not_make()
    {
        await _keys.GenerateAsync("tsa-p256", KeyAlgorithm.EcdsaP256, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<ServiceException>(() =>
            Runner().RunAsync(Demonstration.ReadCeremony(), TestContext.Current.CancellationToken)
        );
        Assert.Equal(Fault.CeremonyAlreadyHeld, refused.Fault);
    }

    [Fact]
    public async Task Interrupted_anywhere_it_is_taken_up_and_leaves_no_second_certificate()
    {
        var whole = 0;
        for (var stopAfter = 0; ; stopAfter++)
        {
            // A fresh directory per interruption would hide state: this one is interrupted again and again.
            var failing = new InterruptedKeyStore(_keys, stopAfter % 3);
            try
            {
                await Runner(failing).RunAsync(Demonstration.ReadCeremony(), TestContext.Current.CancellationToken);
                break;
            }
            catch (IOException)
            {
                whole++;
                Assert.True(whole < 200, "the ceremony makes no progress");
            }
        }

        Assert.True(whole > 3);
        var hierarchy = HierarchyFile.Load(_folder.Path)!;
        Assert.Equal(3, hierarchy.Authorities.Count);
        Assert.Equal(hierarchy.Certificates.Count, hierarchy.Certificates.Select(c => c.Id).Distinct().Count());
        var (exit, output) = await ForeignTool.RunAsync(
            "openssl",
            "verify",
            "-CAfile",
            PathOf("pki/root.pem"),
            "-untrusted",
            PathOf("pki/infrastructure.pem"),
            PathOf("tls/server.crt")
        );
        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task A_wrong_script_is_refused_with_every_error()
    {
        var script = System
            .Text.Encoding.UTF8.GetString(Demonstration.ReadCeremony())
            .Replace("\"tls-server\"", "\"no-such-profile\"", StringComparison.Ordinal)
            .Replace("\"shards\": 4", "\"shards\": 0", StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<ServiceException>(() =>
            Runner().RunAsync(System.Text.Encoding.UTF8.GetBytes(script), TestContext.Current.CancellationToken)
        );
        Assert.Equal(Fault.CeremonyScriptInvalid, refused.Fault);
        Assert.Contains("no-such-profile", refused.Message, StringComparison.Ordinal);
        Assert.Contains("shards", refused.Message, StringComparison.Ordinal);
        Assert.Null(await _keys.FindAsync("root", TestContext.Current.CancellationToken));
    }

    /// <summary>Fails the nth key operation of a run, before or after it took effect.</summary>
    private sealed class InterruptedKeyStore(IKeyStore inner, int operations) : IKeyStore
    {
        private int _left = operations;

        public Task<ISigningKey?> FindAsync(string label, CancellationToken cancellationToken) => inner.FindAsync(label, cancellationToken);

        public async Task<ISigningKey> GenerateAsync(string label, KeyAlgorithm algorithm, CancellationToken cancellationToken)
        {
            if (_left-- == 0)
            {
                throw new IOException("before the key was made");
            }

            var key = await inner.GenerateAsync(label, algorithm, cancellationToken);
            return _left-- == 0 ? throw new IOException("after the key was made") : key;
        }
    }
}
