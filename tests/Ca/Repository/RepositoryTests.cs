using System.Net;
using EContract.Ca.Authorities;
using EContract.Ca.Ceremony;
using EContract.Ca.Profiles;
using EContract.Ca.Revocation;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Repository;

/// <summary>R15: CA certificates, CRLs and the CPS over HTTP, and what a later ceremony adds to them.</summary>
public sealed class RepositoryTests(CaFixture fixture)
{
    private readonly CaHost _ca = fixture.Host;

    [Theory]
    [InlineData("/ca/subscribers.cer", "application/pkix-cert")]
    [InlineData("/ca/root.cer", "application/pkix-cert")]
    [InlineData("/crl/root.crl", "application/pkix-crl")]
    [InlineData("/cps", "text/html")]
    public async Task It_publishes_with_type_etag_and_cache_headers(string path, string type)
    {
        var response = await _ca.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(response.Headers.CacheControl?.MaxAge);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await _ca.Http.SendAsync(again)).StatusCode);

        using var head = await _ca.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(response.Headers.ETag, head.Headers.ETag);
        Assert.Equal(response.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/ca/nobody.cer")]
    [InlineData("/crl/nobody.crl")]
    [InlineData("/crl/subscribers/99.crl")]
    [InlineData("/crl/subscribers/x.crl")]
    [InlineData("/ca/..%2f..%2fetc%2fpasswd")]
    public async Task What_is_not_there_is_404(string path) =>
        Assert.Equal(HttpStatusCode.NotFound, (await _ca.Http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);

    [Fact]
    public async Task Delta_crls_build_on_the_complete_one()
    {
        await using var ca = await CaHost.StartAsync();
        await EnableDeltaAsync(ca);
        await using var node = await ca.StartSiblingAsync();
        var (held, _) = await node.IssueAsync();
        var (revoked, _) = await node.IssueAsync();
        await node.ChangeAsync(new Ca.Registration.HoldCertificate(held.Tbs.SerialNumber.ToString()));
        var scope = new CrlScope("subscribers", null, Delta: false);
        var complete = CertificateRevocationList.Decode((await node.Get<CrlIssuer>().IssueAsync(scope, null, "t", default))!.Crl);
        await node.ChangeAsync(new Ca.Registration.ReinstateCertificate(held.Tbs.SerialNumber.ToString()));
        await node.RevokeAsync(revoked);

        var delta = CertificateRevocationList.Decode(
            (await node.Get<CrlIssuer>().IssueAsync(scope with { Delta = true }, null, "t", default))!.Crl
        );
        Assert.Equal(complete.CrlNumber, delta.BaseCrlNumber);
        Assert.True(delta.CrlNumber > complete.CrlNumber);
        var entries = delta.ReadEntries().ToDictionary(e => e.SerialNumber, e => e.Reason);
        Assert.Equal(CrlReason.RemoveFromCrl, entries[held.Tbs.SerialNumber]);
        Assert.Equal(CrlReason.KeyCompromise, entries[revoked.Tbs.SerialNumber]);
        Assert.NotNull(complete.Extensions.Find(Oids.FreshestCrl));

        // OpenSSL takes both together: the complete list alone still has the hold, and doesn't have the revocation yet.
        Assert.Contains("error 23 ", await VerifyAsync(held, complete), StringComparison.Ordinal);
        Assert.Contains(": OK", await VerifyAsync(held, complete, delta), StringComparison.Ordinal);
        Assert.Contains(": OK", await VerifyAsync(revoked, complete), StringComparison.Ordinal);
        Assert.Contains("error 23 ", await VerifyAsync(revoked, complete, delta), StringComparison.Ordinal);

        async Task<string> VerifyAsync(Certificate certificate, params CertificateRevocationList[] lists)
        {
            var files = new List<string>();
            foreach (var list in lists)
            {
                var der = ca.Write($"{Guid.NewGuid():N}.crl", list.Encoded.Span);
                await ForeignTool.RunAsync("openssl", "crl", "-inform", "DER", "-in", der, "-out", der + ".pem");
                files.AddRange(["-CRLfile", der + ".pem"]);
            }

            var leaf = ca.Write($"{Guid.NewGuid():N}.pem", System.Text.Encoding.ASCII.GetBytes(certificate.ToPem()));
            string[] trust = ["-CAfile", ca.PathOf("pki/root.pem"), "-untrusted", ca.PathOf("pki/subscribers.pem")];
            return (await ForeignTool.RunAsync("openssl", ["verify", "-crl_check", "-use_deltas", .. trust, .. files, leaf])).Output;
        }
    }

    [Fact]
    public async Task A_new_issuing_ca_takes_over_without_a_restart_and_the_old_one_still_answers()
    {
        await using var ca = await CaHost.StartAsync();
        var (before, _) = await ca.IssueAsync();
        var script = """
            { "ceremony": "rollover", "operators": ["A"], "base_url": "http://127.0.0.1:7080",
              "authorities": [
                { "id": "subscribers-g2", "group": "subscribers", "profile": "issuing-ca", "issuer": "root", "shards": 2,
                  "subject": [["C", "JP"], ["CN", "EContract Demo Subscriber CA G2"]], "key": { "token": "subscribers-g2", "algorithm": "ecdsa_p384" },
                  "ocsp": { "subject": [["CN", "OCSP G2"]], "key": { "token": "ocsp-g2", "algorithm": "ecdsa_p256" } } },
                { "id": "root-g2", "group": "root", "profile": "root", "online": false,
                  "subject": [["C", "JP"], ["CN", "EContract Demo Root CA G2"]], "key": { "token": "root-g2", "algorithm": "ecdsa_p384" } } ],
              "cross_certificates": [ { "id": "root-g2-by-root", "subject": "root-g2", "issuer": "root" } ] }
            """;
        var runner = new CeremonyRunner(ca.Folder, ca.Keys, ProfileCatalogue.Load(), TimeProvider.System);
        await runner.RunAsync(System.Text.Encoding.UTF8.GetBytes(script), TestContext.Current.CancellationToken);
        await ca.Get<HierarchyImporter>().ImportAsync(ca.Folder, TestContext.Current.CancellationToken);
        await ca.Get<AuthorityRegistry>().ReloadAsync(TestContext.Current.CancellationToken);

        var (after, _) = await ca.IssueAsync();
        Assert.Equal("EContract Demonstration Subscribers CA", before.Tbs.Issuer.Find(Oids.CommonName));
        Assert.Equal("EContract Demo Subscriber CA G2", after.Tbs.Issuer.Find(Oids.CommonName));
        await ca.RevokeAsync(before);
        await ca.RevokeAsync(after);
        foreach (var id in new[] { "subscribers", "subscribers-g2" })
        {
            var crl = await ca.Get<CrlIssuer>().IssueAsync(new(id, null, false), null, "t", default);
            Assert.Equal(1, crl!.Entries);
        }

        // Whoever trusts only the old root accepts the new one through the cross-certificate.
        var (exit, output) = await ForeignTool.RunAsync(
            "openssl",
            "verify",
            "-x509_strict",
            "-CAfile",
            ca.PathOf("pki/root.pem"),
            ca.PathOf("pki/root-g2-by-root.pem")
        );
        Assert.True(exit == 0, output);
    }

    private static async Task EnableDeltaAsync(CaHost ca)
    {
        var path = Path.Combine(ca.Folder, HierarchyFile.Name);
        var hierarchy = await File.ReadAllTextAsync(path);
        Assert.Contains("\"delta_crl\": false", hierarchy, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, hierarchy.Replace("\"delta_crl\": false", "\"delta_crl\": true", StringComparison.Ordinal));
        await ca.Get<HierarchyImporter>().ImportAsync(ca.Folder, default);
    }
}
