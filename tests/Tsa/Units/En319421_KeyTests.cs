using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.TestKit;
using EContract.Tsa.Units;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace EContract.Tsa.Tests.Units;

/// <summary>Which keys and certificates may sign, and when (RFC 3161 §2.3, ETSI EN 319 421 §7.6).</summary>
public sealed class En319421_KeyTests : IAsyncLifetime
{
    private PostgresDatabase? _database;

    public async ValueTask InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database!.DisposeAsync();

    public static TheoryData<string, Action<CertificateRequest>> BadPurposes =>
        new()
        {
            { "lacks the critical extended key usage", _ => { } },
            { "lacks the critical extended key usage", r => Eku(r, false, Oids.TimeStampingEku) },
            { "lacks the critical extended key usage", r => Eku(r, true, Oids.TimeStampingEku, "1.3.6.1.5.5.7.3.4") },
            { "lacks the critical extended key usage", r => Eku(r, true, "1.3.6.1.5.5.7.3.4") },
            {
                "key usage",
                r =>
                {
                    Eku(r, true, Oids.TimeStampingEku);
                    r.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment, true));
                }
            },
        };

    [Theory]
    [MemberData(nameof(BadPurposes))]
    public void A_certificate_that_is_not_for_time_stamping_alone_is_refused(string problem, Action<CertificateRequest> extend)
    {
        using var hierarchy = new TestHierarchy();
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        var certificate = TsuCertificate.Load(hierarchy.Issue(key.SubjectPublicKeyInfo, "CN=x", extend));
        Assert.Contains(problem, Assert.Single(certificate.Check(key, hierarchy.Now)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_in_which_a_key_signs_ends_with_the_private_key_usage_period()
    {
        using var hierarchy = new TestHierarchy();
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        DateTimeOffset end = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var certificate = TsuCertificate.Load(
            hierarchy.IssueTsa(key.SubjectPublicKeyInfo, privateKeyUsage: (end.AddYears(-1), end), validity: TimeSpan.FromDays(3650))
        );
        Assert.Equal(end, certificate.UsableUntil);
        Assert.Empty(certificate.Check(key, end.AddSeconds(-1)));
        Assert.Single(certificate.Check(key, end));
    }

    [Fact]
    public async Task A_wrong_configuration_stops_the_start_with_every_problem_named()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TsaHost.StartAsync(
                "",
                configure: (settings, _) =>
                {
                    settings["Tsa:Units:0:Policies:0"] = "1.x";
                    settings["Tsa:Units:1:Accuracy"] = "00:00:02";
                    settings["Tsa:Units:2:Precision"] = "00:00:00.3";
                    settings["Tsa:Units:3:Name"] = "p256";
                    settings["Tsa:MaxQueue"] = "-1";
                }
            )
        );
        Assert.Equal(6, refused.Failures.Count());
    }

    [Fact]
    public async Task Keys_and_certificates_that_do_not_fit_stop_the_start_with_every_problem_named()
    {
        var refused = await Assert.ThrowsAsync<TsaConfigurationException>(() =>
            TsaHost.StartAsync(
                _database!.ConnectionString,
                configure: (settings, folder) =>
                {
                    settings["Tsa:Units:0:Keys:0:Label"] = "missing";
                    settings["Tsa:Units:1:Keys:0:CertificateFile"] = Path.Combine(folder, "p256.pem");
                    settings["Tsa:Units:2:Keys:0:CertificateFile"] = Path.Combine(folder, "nothing.pem");
                }
            )
        );
        Assert.Collection(
            refused.Problems,
            p => Assert.Contains("'missing' is not on the token", p, StringComparison.Ordinal),
            p => Assert.Contains("is for another key", p, StringComparison.Ordinal),
            p => Assert.Contains("nothing.pem", p, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_key_takes_over_and_ends_at_its_time_while_requests_are_served()
    {
        var time = new ManualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        await using TsaHost host = await TsaHost.StartAsync(_database!.ConnectionString, time: time, units: ["p256"]);
        DateTimeOffset activation = time.GetUtcNow().AddHours(1);
        DateTimeOffset end = activation.AddDays(1);
        string file = host.AddKey(
            "p256-next",
            KeyAlgorithm.EcdsaP256,
            (hierarchy, key) => hierarchy.IssueTsa(key.SubjectPublicKeyInfo, "next", privateKeyUsage: (time.GetUtcNow(), end))
        );
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["Tsa:Units:0:Keys:1:Label"] = "p256-next";
        configuration["Tsa:Units:0:Keys:1:CertificateFile"] = file;
        configuration["Tsa:Units:0:Keys:1:ActivateAt"] = activation.ToString("O");
        configuration.Reload();
        TsuRotation rotation = host.Services.GetServices<IHostedService>().OfType<TsuRotation>().Single();

        Assert.Empty(await rotation.RotateAsync(TestContext.Current.CancellationToken));
        Assert.Equal("p256", await SignerAsync(host));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await rotation.RotateAsync(TestContext.Current.CancellationToken));
        Assert.Equal("next", await SignerAsync(host));

        // The period's end is kept to the second, also between two rounds of rotation.
        time.Advance(end - time.GetUtcNow() - TimeSpan.FromMilliseconds(1));
        Assert.Equal("next", await SignerAsync(host));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await SignerAsync(host));
        Assert.NotEmpty(await rotation.RotateAsync(TestContext.Current.CancellationToken));
        Assert.Null(await SignerAsync(host));
        Assert.Equal(
            ["tsu_key.loaded", "tsu_key.loaded", "tsu_key.ended"],
            host.Events.Where(e => e.ObjectId == "p256" && e.Action.StartsWith("tsu_key", StringComparison.Ordinal)).Select(e => e.Action)
        );
    }

    [Fact]
    public async Task A_next_key_that_is_not_ready_disturbs_nobody()
    {
        await using TsaHost host = await TsaHost.StartAsync(_database!.ConnectionString, units: ["p256"]);
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["Tsa:Units:0:Keys:1:Label"] = "not-there-yet";
        configuration["Tsa:Units:0:Keys:1:CertificateFile"] = "nowhere.pem";
        configuration.Reload();
        TsuRotation rotation = host.Services.GetServices<IHostedService>().OfType<TsuRotation>().Single();
        Assert.Single(await rotation.RotateAsync(TestContext.Current.CancellationToken));
        Assert.Equal("p256", await SignerAsync(host));
    }

    private static async Task<string?> SignerAsync(TsaHost host)
    {
        TimeStampReq query = TimeStampReq.Create(new byte[32], HashAlgorithmName.SHA256);
        TimeStampResp response = TimeStampResp.Decode(await host.PostAsync(query.Encode(), "/tsa/p256"));
        if (response.TimeStampToken is not { } encoded)
        {
            Assert.Equal(PkiFailureInfo.SystemFailure, response.Status.FailInfo);
            return null;
        }

        var token = TimeStampToken.Decode(encoded);
        byte[] hash = token.SigningCertificate!.Certs[0].CertHash.ToArray();
        ReadOnlyMemory<byte> certificate = token.SignedData.Certificates.Single(c => SHA256.HashData(c.Span).AsSpan().SequenceEqual(hash));
        using X509Certificate2 signer = X509CertificateLoader.LoadCertificate(certificate.Span);
        return signer.GetNameInfo(X509NameType.SimpleName, false);
    }

    private static void Eku(CertificateRequest request, bool critical, params string[] purposes) =>
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. purposes.Select(p => new Oid(p))], critical));
}
