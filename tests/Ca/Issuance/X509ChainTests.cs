using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EContract.Ca.Authorities;
using EContract.Ca.Revocation;
using EContract.Pki.X509;
using Xunit;

namespace EContract.Ca.Tests.Issuance;

/// <summary>.NET's own chain builder, which fetches the CRLs from where the certificates say they are.</summary>
public sealed class X509ChainTests
{
    [Fact]
    public async Task It_accepts_what_is_good_and_refuses_what_is_revoked_expired_changed_or_of_another_root()
    {
        // A path of its own: .NET keeps CRLs on disk by their address.
        var address = $"http://127.0.0.1:{FindFreePort()}/{Guid.NewGuid():N}";
        await using var ca = await CaHost.StartAsync(baseUrl: address);
        var (good, _) = await ca.IssueAsync();
        var (revoked, _) = await ca.IssueAsync();
        await ca.RevokeAsync(revoked);
        foreach (var scope in CrlIssuer.ScopesOf(ca.Get<AuthorityRegistry>().Get("subscribers")))
        {
            await ca.Get<CrlIssuer>().IssueAsync(scope, null, "test", TestContext.Current.CancellationToken);
        }

        Assert.Equal(X509ChainStatusFlags.NoError, Judge(ca, good));
        Assert.Equal(X509ChainStatusFlags.Revoked, Judge(ca, revoked));
        Assert.Equal(
            X509ChainStatusFlags.NotTimeValid,
            Judge(ca, good, chain => chain.ChainPolicy.VerificationTime = good.Tbs.NotAfter.UtcDateTime.AddDays(1), online: false)
        );
        var changed = good.Encoded.ToArray();
        changed[^1] ^= 1;
        Assert.True(
            Judge(ca, Certificate.Decode(changed), online: false).HasFlag(X509ChainStatusFlags.NotSignatureValid),
            "a changed signature"
        );
        await using var other = await CaHost.StartAsync();
        var (stranger, _) = await other.IssueAsync();
        Assert.NotEqual(X509ChainStatusFlags.NoError, Judge(ca, stranger, online: false));
    }

    private static X509ChainStatusFlags Judge(CaHost ca, Certificate certificate, Action<X509Chain>? change = null, bool online = true)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(ca.PathOf("pki/root.pem"));
        chain.ChainPolicy.ExtraStore.ImportFromPemFile(ca.PathOf("pki/subscribers.pem"));
        chain.ChainPolicy.RevocationMode = online ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
        chain.ChainPolicy.RevocationFlag = X509RevocationFlag.ExcludeRoot;
        change?.Invoke(chain);
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.Encoded.Span);
        chain.Build(leaf);
        return chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
