using EContract.Ca.Profiles;
using EContract.Hosting.Health;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Ca.Tests.Issuance;

/// <summary>What an operator's own profiles add to ours, and what is said if he keeps ours in earnest.</summary>
public sealed class ProfileVariantTests
{
    [Fact]
    public async Task Qc_statements_of_a_profile_are_in_the_certificate_and_openssl_reads_them()
    {
        using var profiles = new TemporaryFolder();
        profiles.Write(
            "subscriber-individual.json",
            """
            { "name": "subscriber-individual", "description": "qualified", "authority": "subscribers", "subscriber_kinds": ["individual"],
              "subject": [{ "type": "C", "value": "JP" }, { "type": "CN", "value": "{name}" }], "validity": { "days": 365 }, "keys": ["P-256"],
              "key_usage": ["nonRepudiation"], "policies": [{ "oid": "1.2.392.200063.1", "cps": "{base_url}/cps" }], "crl": "sharded",
              "ocsp": true, "ca_issuers": true,
              "qc_statements": [{ "oid": "0.4.0.1862.1.1" }, { "oid": "0.4.0.1862.1.6", "info_hex": "3009060704008e46010601" }] }
            """
        );
        await using var ca = await CaHost.StartAsync(s => s["Ca:Profiles"] = profiles.Path);
        var (certificate, _) = await ca.IssueAsync();
        var statements = QcStatements.Decode(certificate.Tbs.Extensions.Find(Oids.QcStatements)!.Value).Statements;
        Assert.Equal(["0.4.0.1862.1.1", "0.4.0.1862.1.6"], statements.Select(s => s.Id));
        var file = ca.Write("qualified.der", certificate.Encoded.Span);
        var (exit, output) = await ForeignTool.RunAsync("openssl", "x509", "-inform", "DER", "-in", file, "-noout", "-text");
        Assert.True(exit == 0 && output.Contains("qcStatements", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task Example_oids_are_warned_of_where_the_repository_is_not_the_demonstrations()
    {
        await using var demonstration = await CaHost.StartAsync();
        Assert.Equal(HealthState.Healthy, (await JudgeAsync(demonstration)).State);
        await using var earnest = await CaHost.StartAsync(baseUrl: "http://repository.example.co.jp", listen: false);
        var finding = await JudgeAsync(earnest);
        Assert.Equal(HealthState.Degraded, finding.State);
        Assert.Contains("subscriber-individual", finding.Reason, StringComparison.Ordinal);
        Assert.Contains("2.999", finding.Reason, StringComparison.Ordinal);
    }

    private static async Task<HealthFinding> JudgeAsync(CaHost ca) =>
        await ca.Services.GetServices<HealthProbe>().Single(p => p.Name == "ca").CheckAsync(TestContext.Current.CancellationToken);
}
