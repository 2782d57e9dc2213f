using EContract.Ca.Registration;
using EContract.Ca.Revocation;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Revocation;

/// <summary>What is revoked is told by OCSP, by CRLs and by the feed; OpenSSL judges.</summary>
public sealed class RevocationTests(CaFixture fixture)
{
    private readonly CaHost _ca = fixture.Host;

    [Fact]
    public async Task Openssl_sees_good_then_revoked_then_unknown()
    {
        var (certificate, _) = await _ca.IssueAsync();
        Assert.Contains(": good", await OcspAsync(certificate.Tbs.SerialNumber), StringComparison.Ordinal);
        await _ca.RevokeAsync(certificate);
        var revoked = await OcspAsync(certificate.Tbs.SerialNumber);
        Assert.Contains(": revoked", revoked, StringComparison.Ordinal);
        Assert.Contains("keyCompromise", revoked, StringComparison.Ordinal);
        Assert.Contains(": unknown", await OcspAsync(SerialNumber.CreateRandom()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_and_sharded_crls_list_the_revoked_and_openssl_refuses_it()
    {
        var (certificate, _) = await _ca.IssueAsync();
        var (good, _) = await _ca.IssueAsync();
        await _ca.RevokeAsync(certificate, CrlReason.Superseded);
        await IssueAllAsync();
        Assert.Equal(23, await CheckWithCrlAsync(certificate)); // X509_V_ERR_CERT_REVOKED
        Assert.Equal(0, await CheckWithCrlAsync(good));

        var full = await FullCrlAsync();
        Assert.Null(full.IssuingDistributionPoint);
        Assert.Contains(full.ReadEntries(), e => e.SerialNumber.Equals(certificate.Tbs.SerialNumber) && e.Reason == CrlReason.Superseded);
    }

    [Fact]
    public async Task A_hold_comes_and_goes_and_the_feed_tells_both()
    {
        var (certificate, change) = await _ca.IssueAsync();
        var serial = certificate.Tbs.SerialNumber;
        var start = await EndOfFeedAsync();
        await _ca.ChangeAsync(new HoldCertificate(serial.ToString()));
        Assert.Contains("certificateHold", await OcspAsync(serial), StringComparison.Ordinal);
        await _ca.ChangeAsync(new ReinstateCertificate(serial.ToString()));
        Assert.Contains(": good", await OcspAsync(serial), StringComparison.Ordinal);

        var seen = new List<Store.CertificateStatus>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await foreach (var e in _ca.Get<StatusFeed>().WatchAsync(start, OrganisationScope.All, stop.Token))
        {
            if (e.SerialNumber.Equals(serial))
            {
                Assert.Equal(change.SubscriberId, e.SubscriberId);
                seen.Add(e.Status);
                if (seen.Count == 2)
                {
                    break;
                }
            }
        }

        Assert.Equal([Store.CertificateStatus.OnHold, Store.CertificateStatus.Good], seen);
    }

    [Fact]
    public async Task Revoking_twice_is_refused_and_a_reason_must_be_one()
    {
        var (certificate, _) = await _ca.IssueAsync();
        await _ca.RevokeAsync(certificate);
        Assert.Equal(
            Fault.CertificateAlreadyRevoked,
            (await Assert.ThrowsAsync<ServiceException>(() => _ca.RevokeAsync(certificate))).Fault
        );
        var (other, _) = await _ca.IssueAsync();
        var wrong = await Assert.ThrowsAsync<ServiceException>(() => _ca.RevokeAsync(other, CrlReason.RemoveFromCrl));
        Assert.Equal(Fault.RevocationReasonInvalid, wrong.Fault);
    }

    [Fact]
    public async Task Crl_numbers_never_repeat_when_nodes_race()
    {
        await using var sibling = await _ca.StartSiblingAsync();
        var scope = new CrlScope("subscribers", null, Delta: false);
        var nodes = new[] { _ca, sibling };
        var crls = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => nodes[i % 2].Get<CrlIssuer>().IssueAsync(scope, null, "test", CancellationToken.None))
        );
        var numbers = crls.Select(c => c!.Number).Order().ToList();
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    public async Task A_revocation_on_one_node_is_told_by_the_other_at_once()
    {
        await using var sibling = await _ca.StartSiblingAsync();
        var (certificate, _) = await _ca.IssueAsync();
        var serial = certificate.Tbs.SerialNumber;
        Assert.Contains(": good", await OcspAsync(serial, sibling), StringComparison.Ordinal);
        await _ca.RevokeAsync(certificate);
        await sibling.Get<Ca.Ocsp.RevocationFollower>().CatchUpAsync(TestContext.Current.CancellationToken);
        Assert.Contains(": revoked", await OcspAsync(serial, sibling), StringComparison.Ordinal);
    }

    private async Task<long> EndOfFeedAsync()
    {
        await _ca.Get<Ca.Ocsp.RevocationFollower>().CatchUpAsync(TestContext.Current.CancellationToken);
        return _ca.Get<Ca.Ocsp.RevocationFollower>().Position;
    }

    private async Task IssueAllAsync()
    {
        foreach (var scope in CrlIssuer.ScopesOf(_ca.Get<Authorities.AuthorityRegistry>().Get("subscribers")))
        {
            await _ca.Get<CrlIssuer>().IssueAsync(scope, null, "test", TestContext.Current.CancellationToken);
        }
    }

    private async Task<CertificateRevocationList> FullCrlAsync()
    {
        var row = await _ca.Get<CrlIssuer>()
            .IssueAsync(new("subscribers", null, false), null, "test", TestContext.Current.CancellationToken);
        return CertificateRevocationList.Decode(row!.Crl);
    }

    /// <summary>openssl verify with the very CRL that the certificate points to; 0 or the verification error.</summary>
    private async Task<int> CheckWithCrlAsync(Certificate certificate)
    {
        var points = Pki.X509.Extensions.CrlDistributionPoints.Decode(certificate.Tbs.Extensions.Find(Oids.CrlDistributionPoints)!.Value);
        var path = new Uri(points.Points[0].FullName![0].Text!).AbsolutePath;
        // The shelf looks for news once a second; a node that has none yet answers from the database.
        await using var node = await _ca.StartSiblingAsync();
        var der = await node.DownloadAsync(path, $"{Guid.NewGuid():N}.crl");
        var pem = der + ".pem";
        await ForeignTool.RunAsync("openssl", "crl", "-inform", "DER", "-in", der, "-out", pem);
        var leaf = _ca.Write($"{Guid.NewGuid():N}.pem", System.Text.Encoding.ASCII.GetBytes(certificate.ToPem()));
        var (_, output) = await ForeignTool.RunAsync(
            "openssl",
            "verify",
            "-x509_strict",
            "-crl_check",
            "-extended_crl",
            "-CAfile",
            _ca.PathOf("pki/root.pem"),
            "-untrusted",
            _ca.PathOf("pki/subscribers.pem"),
            "-CRLfile",
            pem,
            leaf
        );
        return output.Contains(": OK", StringComparison.Ordinal) ? 0
            : output.Contains("error 23 ", StringComparison.Ordinal) ? 23
            : throw new InvalidOperationException(output);
    }

    private async Task<string> OcspAsync(SerialNumber serial, CaHost? node = null)
    {
        var issuer = _ca.PathOf("pki/subscribers.pem");
        var (exit, output) = await ForeignTool.RunAsync(
            "openssl",
            "ocsp",
            "-issuer",
            issuer,
            "-serial",
            "0x" + serial,
            "-url",
            $"{(node ?? _ca).Http.BaseAddress}ocsp/subscribers",
            "-CAfile",
            _ca.PathOf("pki/root.pem"),
            "-verify_other",
            issuer
        );
        Assert.True(exit == 0 && output.Contains("Response verify OK", StringComparison.Ordinal), output);
        return output;
    }
}
