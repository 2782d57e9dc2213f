using System.Globalization;
using System.Text;
using EContract.Ca.Revocation;
using EContract.Pki.X509;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Issuance;

/// <summary>certtool (GnuTLS) and certutil (NSS) refuse our certificates when they should: a judge that never says no proves nothing.</summary>
public sealed class ForeignRefusalTests(CaFixture fixture)
{
    private const string EmailProtection = "1.3.6.1.5.5.7.3.4";
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";

    private readonly CaHost _ca = fixture.Host;

    [Fact]
    public async Task Certtool_refuses_what_our_crl_revokes_and_what_is_for_another_purpose()
    {
        var (good, revoked, crl) = await IssueAndRevokeAsync();
        var accepted = await CerttoolAsync(_ca, good, crl);
        Assert.True(accepted.ExitCode == 0, accepted.Output);
        AssertRefused(await CerttoolAsync(_ca, revoked, crl), "revoked");
        AssertRefused(await CerttoolAsync(_ca, good, crl, ServerAuth), "purpose");
        // Without the list it cannot know.
        Assert.Equal(0, (await CerttoolAsync(_ca, revoked)).ExitCode);
    }

    [Fact]
    public async Task Nss_refuses_what_our_crl_revokes_what_is_for_another_use_and_what_is_over_at_the_time()
    {
        var (good, revoked, crl) = await IssueAndRevokeAsync();
        using var nss = await NssAsync(_ca);
        await AddAsync(nss, "good", good);
        await AddAsync(nss, "revoked", revoked);
        Assert.Equal(0, (await CertutilAsync(nss, "revoked")).ExitCode); // the list is not there yet
        await RequireAsync("crlutil", "-I", "-i", crl, "-t", "1", "-d", DatabaseOf(nss));
        var accepted = await CertutilAsync(nss, "good");
        Assert.True(accepted.ExitCode == 0, accepted.Output);
        AssertRefused(await CertutilAsync(nss, "revoked"), "revoked");
        AssertRefused(await CertutilAsync(nss, "good", usage: "V"), "usage");
        AssertRefused(await CertutilAsync(nss, "good", at: good.Tbs.NotAfter.AddDays(1)), "expired");
        AssertRefused(await CertutilAsync(nss, "good", at: good.Tbs.NotBefore.AddDays(-1)), "expired");
    }

    [Fact]
    public async Task Both_refuse_a_certificate_of_another_hierarchy_with_the_same_names_and_one_that_is_over()
    {
        await using var other = await ShortLived.StartAsync(ShortLived.DaysAgo(5));
        var (stranger, _) = await other.IssueAsync();
        Assert.True(stranger.Tbs.NotAfter < DateTimeOffset.UtcNow, "the certificate is over");
        AssertRefused(await CerttoolAsync(other, stranger), "expired");
        using var home = await NssAsync(other);
        await AddAsync(home, "stranger", stranger);
        AssertRefused(await CertutilAsync(home, "stranger"), "expired");
        // At its time it is good where its own root is trusted: below it is refused for its origin only.
        var itsTime = stranger.Tbs.NotBefore.AddHours(1);
        var accepted = await CertutilAsync(home, "stranger", at: itsTime);
        Assert.True(accepted.ExitCode == 0, accepted.Output);

        await using var third = await CaHost.StartAsync();
        var (foreign, _) = await third.IssueAsync();
        Assert.Equal(0, (await CerttoolAsync(third, foreign)).ExitCode);
        AssertRefused(await CerttoolAsync(_ca, foreign), "signature");
        using var nss = await NssAsync(_ca);
        await AddAsync(nss, "foreign", foreign);
        AssertRefused(await CertutilAsync(nss, "foreign"), "issuer is not recognized");
    }

    private async Task<(Certificate Good, Certificate Revoked, string Crl)> IssueAndRevokeAsync()
    {
        var (good, _) = await _ca.IssueAsync();
        var (revoked, _) = await _ca.IssueAsync();
        await _ca.RevokeAsync(revoked);
        var row = await _ca.Get<CrlIssuer>()
            .IssueAsync(new("subscribers", null, false), null, "test", TestContext.Current.CancellationToken);
        return (good, revoked, _ca.Write($"{Guid.NewGuid():N}.crl", row!.Crl));
    }

    /// <summary>The certificate against root and issuing CA of a hierarchy; with a CRL in DER.</summary>
    private static async Task<(int ExitCode, string Output)> CerttoolAsync(
        CaHost ca,
        Certificate certificate,
        string? crl = null,
        string purpose = EmailProtection
    )
    {
        var trusted = File.ReadAllText(ca.PathOf("pki/subscribers.pem")) + File.ReadAllText(ca.PathOf("pki/root.pem"));
        var arguments = new List<string>
        {
            "--verify",
            "--verify-purpose",
            purpose,
            "--infile",
            WritePem(ca, certificate),
            "--load-ca-certificate",
            ca.Write($"{Guid.NewGuid():N}.pem", Encoding.ASCII.GetBytes(trusted)),
        };
        if (crl is not null)
        {
            await RequireAsync("openssl", "crl", "-inform", "DER", "-in", crl, "-out", crl + ".pem");
            arguments.AddRange(["--load-crl", crl + ".pem"]);
        }

        return await ForeignTool.RunAsync("certtool", [.. arguments]);
    }

    /// <summary>A database that trusts the hierarchy's root.</summary>
    private static async Task<TemporaryFolder> NssAsync(CaHost ca)
    {
        var database = new TemporaryFolder();
        await RequireAsync("certutil", "-N", "-d", DatabaseOf(database), "--empty-password");
        await RequireAsync("certutil", "-A", "-d", DatabaseOf(database), "-n", "root", "-t", "CT,C,C", "-i", ca.PathOf("pki/root.pem"));
        await RequireAsync(
            "certutil",
            "-A",
            "-d",
            DatabaseOf(database),
            "-n",
            "issuer",
            "-t",
            ",,",
            "-i",
            ca.PathOf("pki/subscribers.pem")
        );
        return database;
    }

    private static Task AddAsync(TemporaryFolder database, string name, Certificate certificate)
    {
        var file = database.Write($"{name}.cer", certificate.Encoded.Span);
        return RequireAsync("certutil", "-A", "-d", DatabaseOf(database), "-n", name, "-t", ",,", "-i", file);
    }

    private static Task<(int ExitCode, string Output)> CertutilAsync(
        TemporaryFolder database,
        string name,
        string usage = "S",
        DateTimeOffset? at = null
    )
    {
        var time = (at ?? DateTimeOffset.UtcNow).UtcDateTime.ToString("yyMMddHHmmss'Z'", CultureInfo.InvariantCulture);
        return ForeignTool.RunAsync("certutil", "-V", "-d", DatabaseOf(database), "-n", name, "-u", usage, "-e", "-b", time);
    }

    private static async Task RequireAsync(string tool, params string[] arguments)
    {
        var (exit, output) = await ForeignTool.RunAsync(tool, arguments);
        Assert.True(exit == 0, output);
    }

    /// <summary>Refused, and for that reason: a refusal for another reason would prove nothing of this one.</summary>
    private static void AssertRefused((int ExitCode, string Output) verdict, string reason)
    {
        Assert.NotEqual(0, verdict.ExitCode);
        Assert.Contains(reason, verdict.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static string DatabaseOf(TemporaryFolder folder) => $"sql:{folder.Path}";

    private static string WritePem(CaHost ca, Certificate certificate) =>
        ca.Write($"{Guid.NewGuid():N}.pem", Encoding.ASCII.GetBytes(certificate.ToPem()));
}
