using System.Globalization;
using System.Text;
using EContract.Ca.Revocation;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Revocation;

/// <summary>
/// Sharded CRLs before foreign judges: OpenSSL knows the issuingDistributionPoint, GnuTLS doesn't look at it, NSS refuses what it doesn't
/// know (ADR 0111).
/// </summary>
public sealed class ForeignCrlTests(CaFixture fixture) : IAsyncLifetime
{
    private readonly CaHost _ca = fixture.Host;

    private Certificate _good = null!;
    private Certificate _revoked = null!;

    public async ValueTask InitializeAsync()
    {
        (_good, _) = await _ca.IssueAsync();
        (_revoked, _) = await _ca.IssueAsync();
        await _ca.RevokeAsync(_revoked);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData()]
    [InlineData("-extended_crl")]
    public async Task Openssl_judges_by_the_certificates_own_shard_and_takes_no_other(params string[] options)
    {
        AssertAccepted(await OpensslAsync(_good, await ListAsync(ShardOf(_good)), options));
        AssertRefused(await OpensslAsync(_revoked, await ListAsync(ShardOf(_revoked)), options), "error 23 "); // certificate revoked
        AssertRefused(await OpensslAsync(_good, await ListAsync(AnotherThan(_good)), options), "error 44 "); // different CRL scope
        AssertRefused(await OpensslAsync(_revoked, await ListAsync(AnotherThan(_revoked)), options), "error 44 ");
        AssertAccepted(await OpensslAsync(_good, await ListAsync(null), options));
        AssertRefused(await OpensslAsync(_revoked, await ListAsync(null), options), "error 23 ");
    }

    [Fact]
    public async Task Openssl_refuses_a_shards_list_that_is_over_not_there_yet_or_changed()
    {
        var list = await ListAsync(ShardOf(_good));
        AssertRefused(await OpensslAsync(_good, list, "-attime", Seconds(list.NextUpdate!.Value.AddMinutes(1))), "error 12 "); // has expired
        AssertRefused(await OpensslAsync(_good, list, "-attime", Seconds(list.ThisUpdate.AddMinutes(-1))), "error 11 "); // not yet valid

        var changed = list.Encoded.ToArray();
        changed[^1] ^= 1;
        AssertRefused(await OpensslAsync(_good, CertificateRevocationList.Decode(changed)), "error 8 "); // signature failure
    }

    [Fact]
    public async Task Gnutls_knows_no_scope_so_that_only_the_own_shard_or_the_complete_list_tells_it_the_truth()
    {
        AssertAccepted(await GnutlsAsync(_good, await ListAsync(ShardOf(_good))));
        AssertRefused(await GnutlsAsync(_revoked, await ListAsync(ShardOf(_revoked))), "revoked");
        AssertAccepted(await GnutlsAsync(_good, await ListAsync(null)));
        AssertRefused(await GnutlsAsync(_revoked, await ListAsync(null)), "revoked");
        // Its limit, not ours: it passes over the critical extension and takes any list of the issuer for the whole.
        AssertAccepted(await GnutlsAsync(_revoked, await ListAsync(AnotherThan(_revoked))));
    }

    [Fact]
    public async Task Nss_knows_no_issuing_distribution_point_refuses_every_shard_and_judges_by_the_complete_list()
    {
        using var folder = new TemporaryFolder();
        var database = $"sql:{folder.Path}";
        await RequireAsync("certutil", "-N", "-d", database, "--empty-password");
        await RequireAsync("certutil", "-A", "-d", database, "-n", "root", "-t", "CT,C,C", "-i", _ca.PathOf("pki/root.pem"));
        await RequireAsync("certutil", "-A", "-d", database, "-n", "issuer", "-t", ",,", "-i", _ca.PathOf("pki/subscribers.pem"));
        foreach (var (name, certificate) in new[] { ("good", _good), ("revoked", _revoked) })
        {
            var file = folder.Write($"{name}.cer", certificate.Encoded.Span);
            await RequireAsync("certutil", "-A", "-d", database, "-n", name, "-t", ",,", "-i", file);
        }

        Task<(int, string)> ImportAsync(CertificateRevocationList list) =>
            ForeignTool.RunAsync("crlutil", "-I", "-i", folder.Write("list.crl", list.Encoded.Span), "-t", "1", "-d", database);
        Task<(int, string)> JudgeAsync(string name) => ForeignTool.RunAsync("certutil", "-V", "-d", database, "-n", name, "-u", "S", "-e");

        AssertRefused(await ImportAsync(await ListAsync(ShardOf(_revoked))), "SEC_ERROR_CRL_UNKNOWN_CRITICAL_EXTENSION");
        AssertAccepted(await JudgeAsync("revoked")); // it knows no list yet
        AssertAccepted(await ImportAsync(await ListAsync(null)));
        AssertAccepted(await JudgeAsync("good"));
        AssertRefused(await JudgeAsync("revoked"), "revoked");
    }

    /// <param name="shard">Null for the complete list.</param>
    private async Task<CertificateRevocationList> ListAsync(int? shard)
    {
        var row = await _ca.Get<CrlIssuer>()
            .IssueAsync(new("subscribers", shard, false), null, "test", TestContext.Current.CancellationToken);
        var list = CertificateRevocationList.Decode(row!.Crl);
        Assert.Equal(shard is not null, list.IssuingDistributionPoint is not null);
        return list;
    }

    /// <summary>The shard that the certificate's own distribution point names.</summary>
    private static int ShardOf(Certificate certificate)
    {
        var points = CrlDistributionPoints.Decode(certificate.Tbs.Extensions.Find(Oids.CrlDistributionPoints)!.Value);
        var file = Path.GetFileNameWithoutExtension(new Uri(points.Points.Single().FullName!.Single().Text!).AbsolutePath);
        return int.Parse(file, CultureInfo.InvariantCulture);
    }

    private int AnotherThan(Certificate certificate) =>
        (ShardOf(certificate) + 1) % _ca.Get<Authorities.AuthorityRegistry>().Get("subscribers").Shards;

    private async Task<(int, string)> OpensslAsync(Certificate certificate, CertificateRevocationList list, params string[] options) =>
        await ForeignTool.RunAsync(
            "openssl",
            [
                "verify",
                "-x509_strict",
                "-crl_check",
                .. options,
                "-CAfile",
                _ca.PathOf("pki/root.pem"),
                "-untrusted",
                _ca.PathOf("pki/subscribers.pem"),
                "-CRLfile",
                await WriteAsync(list),
                WritePem(certificate.ToPem()),
            ]
        );

    private async Task<(int, string)> GnutlsAsync(Certificate certificate, CertificateRevocationList list) =>
        await ForeignTool.RunAsync(
            "certtool",
            "--verify",
            "--infile",
            WritePem(certificate.ToPem()),
            "--load-ca-certificate",
            WritePem(
                await File.ReadAllTextAsync(_ca.PathOf("pki/subscribers.pem")) + await File.ReadAllTextAsync(_ca.PathOf("pki/root.pem"))
            ),
            "--load-crl",
            await WriteAsync(list)
        );

    private async Task<string> WriteAsync(CertificateRevocationList list)
    {
        var der = _ca.Write($"{Guid.NewGuid():N}.crl", list.Encoded.Span);
        await RequireAsync("openssl", "crl", "-inform", "DER", "-in", der, "-out", der + ".pem");
        return der + ".pem";
    }

    private string WritePem(string pem) => _ca.Write($"{Guid.NewGuid():N}.pem", Encoding.ASCII.GetBytes(pem));

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static async Task RequireAsync(string tool, params string[] arguments) =>
        AssertAccepted(await ForeignTool.RunAsync(tool, arguments));

    private static void AssertAccepted((int ExitCode, string Output) verdict) => Assert.True(verdict.ExitCode == 0, verdict.Output);

    /// <summary>Refused, and for that reason: a refusal for another reason would prove nothing of this one.</summary>
    private static void AssertRefused((int ExitCode, string Output) verdict, string reason)
    {
        Assert.NotEqual(0, verdict.ExitCode);
        Assert.Contains(reason, verdict.Output, StringComparison.Ordinal);
    }
}
