using System.Security.Cryptography;
using System.Text;
using EContract.Ca.Authorities;
using EContract.Ca.Ceremony;
using EContract.Ca.Profiles;
using EContract.Ca.Revocation;
using EContract.Hosting.Errors;
using EContract.Hosting.Health;
using EContract.Hsm.Keys;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using EContract.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Ca.Tests.Ceremony;

/// <summary>Infrastructure certificates end; readiness warns of it, and a later ceremony renews them while everything serves.</summary>
public sealed class RenewalTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{ "token": "ocsp-subscribers-2", "algorithm": "ecdsa_p256" }""", "a new key")]
    [InlineData("""{ "token": "ocsp-subscribers", "algorithm": "ecdsa_p256", "kept": true }""", "the same key")]
    public async Task A_renewed_responder_answers_at_once_and_answers_of_the_former_are_not_given_again(string key, string which)
    {
        await using var ca = await CaHost.StartAsync();
        var (certificate, _) = await ca.IssueAsync();
        var before = await AskAsync(ca, certificate);
        Assert.Equal(before, await AskAsync(ca, certificate)); // from the cache

        await HoldAsync(
            ca,
            $$"""
            { "ceremony": "renewal", "operators": ["A"], "base_url": "http://127.0.0.1:7080",
              "responders": [{ "id": "ocsp-subscribers-2", "authority": "subscribers", "subject": [["CN", "OCSP 2"]], "key": {{key}} }] }
            """
        );
        await ca.Get<HierarchyImporter>().ImportAsync(ca.Folder, Ct);
        await ca.Get<AuthorityRegistry>().ReloadAsync(Ct);

        var after = await AskAsync(ca, certificate);
        Assert.NotEqual(before, after);
        var responder = Certificate.Decode(await File.ReadAllBytesAsync(ca.PathOf("pki/ocsp-subscribers-2.cer"), Ct));
        Assert.Equal(responder.Encoded.ToArray(), OcspResponse.Decode(after).Basic!.Certs.Single().Encoded.ToArray());
        Assert.Equal(
            which == "the same key",
            responder.Tbs.SubjectPublicKeyInfo.Equals(OcspResponse.Decode(before).Basic!.Certs.Single().Tbs.SubjectPublicKeyInfo)
        );
        var issuer = ca.PathOf("pki/subscribers.pem");
        var (exit, output) = await ForeignTool.RunAsync(
            "openssl",
            "ocsp",
            "-issuer",
            issuer,
            "-serial",
            "0x" + certificate.Tbs.SerialNumber,
            "-respin",
            ca.Write("answer.der", after),
            "-CAfile",
            ca.PathOf("pki/root.pem"),
            "-verify_other",
            issuer
        );
        Assert.True(exit == 0 && output.Contains("Response verify OK", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task A_kept_key_gets_a_new_certificate_in_the_file_that_is_served()
    {
        await using var ca = await CaHost.StartAsync();
        var before = await File.ReadAllTextAsync(ca.PathOf("tls/server.crt"), Ct);
        var key = await File.ReadAllTextAsync(ca.PathOf("tls/server.key"), Ct);
        await HoldAsync(
            ca,
            Renew("tls-server-2", "tls-server", "{ \"file\": \"tls/server.key\", \"algorithm\": \"ecdsa_p256\", \"kept\": true }")
        );
        Assert.Equal(key, await File.ReadAllTextAsync(ca.PathOf("tls/server.key"), Ct));
        var after = await File.ReadAllTextAsync(ca.PathOf("tls/server.crt"), Ct);
        Assert.NotEqual(before, after);
        using var pair = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(after, key);
        Assert.True(pair.HasPrivateKey);
    }

    [Fact]
    public async Task Only_a_key_that_a_ceremony_certified_is_kept()
    {
        await using var ca = await CaHost.StartAsync();
        await ca.Keys.GenerateAsync("stranger", KeyAlgorithm.EcdsaP256, Ct);
        var stranger = Renew("x", "tls-server", "{ \"token\": \"stranger\", \"algorithm\": \"ecdsa_p256\", \"kept\": true }");
        Assert.Equal(Fault.CeremonyAlreadyHeld, (await Assert.ThrowsAsync<ServiceException>(() => HoldAsync(ca, stranger))).Fault);
        var missing = Renew("x", "tls-server", "{ \"token\": \"nobody\", \"algorithm\": \"ecdsa_p256\", \"kept\": true }", "second");
        Assert.Equal(Fault.TokenKeyMissing, (await Assert.ThrowsAsync<ServiceException>(() => HoldAsync(ca, missing))).Fault);
        var authority = """
            { "ceremony": "third", "operators": ["A"], "base_url": "http://127.0.0.1:7080",
              "authorities": [{ "id": "g2", "group": "subscribers", "profile": "issuing-ca", "issuer": "root", "subject": [["CN", "G2"]],
                "key": { "token": "ca-subscribers", "algorithm": "ecdsa_p384", "kept": true } }] }
            """;
        Assert.Equal(Fault.CeremonyScriptInvalid, (await Assert.ThrowsAsync<ServiceException>(() => HoldAsync(ca, authority))).Fault);
    }

    [Fact]
    public async Task Health_warns_before_anything_ends_and_is_well_again_when_it_is_renewed()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var ca = await CaHost.StartAsync(time: time);
        await ca.Get<CrlSchedule>().IssueDueAsync(Ct);
        await ca.Get<CrlSchedule>().StopAsync(Ct);
        Assert.Equal(HealthState.Healthy, (await JudgeAsync(ca)).State);

        time.Advance(TimeSpan.FromDays(340));
        Assert.Contains("CRL of root", (await JudgeAsync(ca)).Reason, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromDays(365));
        var warned = await JudgeAsync(ca);
        Assert.Equal(HealthState.Degraded, warned.State);
        Assert.Contains("The OCSP responder of subscribers expires in", warned.Reason, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromDays(30));
        Assert.Contains("The OCSP responder of subscribers expired", (await JudgeAsync(ca)).Reason, StringComparison.Ordinal);
        Assert.Contains("is overdue", (await JudgeAsync(ca)).Reason, StringComparison.Ordinal);

        // Who would believe it? The answer is to come back later, not one that nobody can verify.
        var (certificate, _) = await ca.IssueAsync();
        Assert.Equal(OcspResponseStatus.TryLater, OcspResponse.Decode(await AskAsync(ca, certificate)).ResponseStatus);

        var renewal = """
            { "ceremony": "renewal", "operators": ["A"], "base_url": "http://127.0.0.1:7080", "crls": ["root"],
              "responders": [
                { "id": "ocsp-s2", "authority": "subscribers", "subject": [["CN", "S2"]], "key": { "token": "s2", "algorithm": "ecdsa_p256" } },
                { "id": "ocsp-i2", "authority": "infrastructure", "subject": [["CN", "I2"]], "key": { "token": "i2", "algorithm": "ecdsa_p256" } }] }
            """;
        await HoldAsync(ca, renewal, time);
        await ca.Get<HierarchyImporter>().ImportAsync(ca.Folder, Ct);
        await ca.Get<AuthorityRegistry>().ReloadAsync(Ct);
        Assert.Equal(OcspResponseStatus.Successful, OcspResponse.Decode(await AskAsync(ca, certificate)).ResponseStatus);
        var renewed = (await JudgeAsync(ca)).Reason;
        Assert.DoesNotContain("OCSP responder", renewed, StringComparison.Ordinal);
        Assert.DoesNotContain("CRL of root", renewed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_not_to_be_believed_longer_than_its_signer()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var ca = await CaHost.StartAsync(time: time);
        var (certificate, _) = await ca.IssueAsync();
        var end = Certificate.Decode(await File.ReadAllBytesAsync(ca.PathOf("pki/ocsp-subscribers.cer"), Ct)).Tbs.NotAfter;
        time.Advance(end - time.GetUtcNow() - TimeSpan.FromMinutes(10));
        Assert.Equal(end, OcspResponse.Decode(await AskAsync(ca, certificate)).Basic!.Data.Responses[0].NextUpdate);
    }

    private static string Renew(string id, string profile, string key, string ceremony = "renewal") =>
        $$"""
            { "ceremony": "{{ceremony}}", "operators": ["A"], "base_url": "http://127.0.0.1:7080",
              "certificates": [{ "id": "{{id}}", "issuer": "infrastructure", "profile": "{{profile}}", "subject": [["CN", "localhost"]],
                "key": {{key}}, "certificate": "tls/server.crt", "dns": ["localhost"], "ip": ["127.0.0.1"] }] }
            """;

    private static Task<CeremonyResult> HoldAsync(CaHost ca, string script, TimeProvider? time = null) =>
        new CeremonyRunner(ca.Folder, ca.Keys, ProfileCatalogue.Load(), time ?? TimeProvider.System).RunAsync(
            Encoding.UTF8.GetBytes(script),
            Ct
        );

    private static async Task<HealthFinding> JudgeAsync(CaHost ca) =>
        await ca.Services.GetServices<HealthProbe>().Single(p => p.Name == "ca").CheckAsync(Ct);

    private static async Task<byte[]> AskAsync(CaHost ca, Certificate certificate)
    {
        var issuer = Certificate.Decode(await File.ReadAllBytesAsync(ca.PathOf("pki/subscribers.cer"), Ct));
        var request = new OcspRequest([CertId.For(issuer, certificate.Tbs.SerialNumber, HashAlgorithmName.SHA1)], []).Encode();
        await ca.Get<Ca.Ocsp.RevocationFollower>().CatchUpAsync(Ct);
        return (await ca.Get<Ca.Ocsp.OcspResponder>().RespondAsync("subscribers", request, Ct)).Response.ToArray();
    }
}
