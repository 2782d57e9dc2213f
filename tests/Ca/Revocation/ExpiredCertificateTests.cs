using System.Security.Cryptography;
using EContract.Ca.Authorities;
using EContract.Ca.Ocsp;
using EContract.Ca.Revocation;
using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Revocation;

/// <summary>R10: signatures are judged years later, so status goes on being told of certificates that are over.</summary>
public sealed class ExpiredCertificateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_revoked_and_then_expired_stays_on_every_crl_as_the_extension_promises()
    {
        var time = ShortLived.DaysAgo(5);
        await using var ca = await ShortLived.StartAsync(time);
        var (revoked, _) = await ca.IssueAsync();
        var (good, _) = await ca.IssueAsync();
        await ca.RevokeAsync(revoked);
        var before = await IssueCrlsAsync(ca);
        time.Advance(TimeSpan.FromDays(3));
        Assert.True(revoked.Tbs.NotAfter < time.GetUtcNow(), "the certificate is over");

        var after = await IssueCrlsAsync(ca);
        Assert.True(after.Count > 1, "the complete one and the shards");
        Assert.All(after.Zip(before), pair => Assert.Equal(Entries(pair.Second), Entries(pair.First)));
        Assert.Equal(2, after.Count(crl => Entries(crl).Contains((revoked.Tbs.SerialNumber, CrlReason.KeyCompromise))));
        Assert.All(after, crl => Assert.DoesNotContain(crl.ReadEntries(), e => e.SerialNumber.Equals(good.Tbs.SerialNumber)));
        Assert.All(after, crl => Assert.True(crl.ThisUpdate > revoked.Tbs.NotAfter, "issued after the end"));
        Assert.All(after, crl => Assert.Equal(BeginOf(ca), ExpiredCertsOnCrl.Decode(crl.Extensions.Find(Oids.ExpiredCertsOnCrl)!.Value)));
        Assert.True(BeginOf(ca) <= revoked.Tbs.NotBefore, "the promise covers all that the CA ever issued");
    }

    [Fact]
    public async Task Ocsp_answers_for_expired_certificates_with_an_archive_cutoff_that_covers_them()
    {
        var time = ShortLived.DaysAgo(5);
        await using var ca = await ShortLived.StartAsync(time);
        var (revoked, _) = await ca.IssueAsync();
        var (good, _) = await ca.IssueAsync();
        await ca.RevokeAsync(revoked);
        var revokedAt = (await AskAsync(ca, revoked)).Single.CertStatus.RevocationTime;
        time.Advance(TimeSpan.FromDays(3));

        foreach (var (certificate, status) in new[] { (revoked, CertStatusKind.Revoked), (good, CertStatusKind.Good) })
        {
            Assert.True(certificate.Tbs.NotAfter < time.GetUtcNow(), "the certificate is over");
            var (single, response) = await AskAsync(ca, certificate);
            Assert.Equal(status, single.CertStatus.Kind);
            Assert.True(single.ThisUpdate > certificate.Tbs.NotAfter, "answered after the end");
            // RFC 6960 §4.4.4: the status is known of certificates that expired at the cutoff or later.
            var cutoff = single.SingleExtensions.Find(Oids.OcspArchiveCutoff)!;
            Assert.False(cutoff.Critical);
            Assert.Equal(BeginOf(ca), Der.Decode(cutoff.Value, "RFC 6960 §4.4.4", CertificateTime.DecodeGeneralized));
            Assert.True(BeginOf(ca) <= certificate.Tbs.NotAfter, "the cutoff covers the certificate");

            var file = ca.Write($"{status}.ocsp", response.Span);
            var (_, output) = await ForeignTool.RunAsync("openssl", "ocsp", "-respin", file, "-resp_text", "-noverify");
            Assert.Contains("OCSP Archive Cutoff", output, StringComparison.Ordinal);
            Assert.Contains($"Cert Status: {status}", output, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(revokedAt, (await AskAsync(ca, revoked)).Single.CertStatus.RevocationTime);
        Assert.NotNull(revokedAt);
    }

    private static DateTimeOffset BeginOf(CaHost ca) => ca.Get<AuthorityRegistry>().Get("subscribers").Certificate.Tbs.NotBefore;

    private static HashSet<(SerialNumber, CrlReason)> Entries(CertificateRevocationList crl) =>
        [.. crl.ReadEntries().Select(e => (e.SerialNumber, e.Reason))];

    private static async Task<List<CertificateRevocationList>> IssueCrlsAsync(CaHost ca)
    {
        var crls = new List<CertificateRevocationList>();
        foreach (var scope in CrlIssuer.ScopesOf(ca.Get<AuthorityRegistry>().Get("subscribers")))
        {
            crls.Add(CertificateRevocationList.Decode((await ca.Get<CrlIssuer>().IssueAsync(scope, null, "test", Ct))!.Crl));
        }

        return crls;
    }

    private static async Task<(SingleResponse Single, ReadOnlyMemory<byte> Response)> AskAsync(CaHost ca, Certificate certificate)
    {
        var issuer = ca.Get<AuthorityRegistry>().Get("subscribers").Certificate;
        var request = new OcspRequest([CertId.For(issuer, certificate.Tbs.SerialNumber, HashAlgorithmName.SHA256)], []).Encode();
        var answer = await ca.Get<OcspResponder>().RespondAsync("subscribers", request, Ct);
        var basic = OcspResponse.Decode(answer.Response).Basic!;
        Assert.True(basic.IsSignedBy(basic.Certs.Single().Tbs.SubjectPublicKeyInfo));
        return (basic.Data.Responses.Single(), answer.Response);
    }
}
