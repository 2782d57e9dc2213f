using EContract.Ca.Issuance;
using EContract.Ca.Registration;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Issuance;

/// <summary>From an approved application to a certificate that foreign tools accept.</summary>
public sealed class IssuanceTests(CaFixture fixture)
{
    private readonly CaHost _ca = fixture.Host;

    [Fact]
    public async Task A_certificate_says_what_was_approved_and_satisfies_openssl_certtool_and_nss()
    {
        var (certificate, change) = await _ca.IssueAsync();
        Assert.Equal("山田 太郎", certificate.Tbs.Subject.Find(Oids.CommonName));
        Assert.Equal(change.SubscriberId!.Replace('_', '-'), certificate.Tbs.Subject.Find(Oids.SerialNumberAttribute));
        var names = SubjectAltName.Decode(certificate.Tbs.Extensions.Find(Oids.SubjectAltName)!.Value).Names;
        Assert.Contains(names, n => n.Form == GeneralNameForm.Rfc822Name && n.Text == "taro@example.co.jp");
        Assert.Contains(names, n => n.Form == GeneralNameForm.OtherName && n.Text == "YAMADA TARO");

        var leaf = _ca.Write($"{Guid.NewGuid():N}.pem", System.Text.Encoding.ASCII.GetBytes(certificate.ToPem()));
        var issuer = _ca.PathOf("pki/subscribers.pem");
        var root = _ca.PathOf("pki/root.pem");
        var openssl = await ForeignTool.RunAsync(
            "openssl",
            "verify",
            "-x509_strict",
            "-purpose",
            "smimesign",
            "-CAfile",
            root,
            "-untrusted",
            issuer,
            leaf
        );
        Assert.True(openssl.ExitCode == 0, openssl.Output);

        var chain = _ca.Write(
            $"{Guid.NewGuid():N}.chain.pem",
            System.Text.Encoding.ASCII.GetBytes(File.ReadAllText(leaf) + File.ReadAllText(issuer) + File.ReadAllText(root))
        );
        var certtool = await ForeignTool.RunAsync("certtool", "--verify-chain", "--infile", chain);
        Assert.True(certtool.ExitCode == 0, certtool.Output);

        using var database = new TemporaryFolder();
        var nss = $"sql:{database.Path}";
        await ForeignTool.RunAsync("certutil", "-N", "-d", nss, "--empty-password");
        await ForeignTool.RunAsync("certutil", "-A", "-d", nss, "-n", "root", "-t", "CT,C,C", "-i", root);
        await ForeignTool.RunAsync("certutil", "-A", "-d", nss, "-n", "issuer", "-t", ",,", "-i", issuer);
        await ForeignTool.RunAsync("certutil", "-A", "-d", nss, "-n", "leaf", "-t", ",,", "-i", leaf);
        var certutil = await ForeignTool.RunAsync("certutil", "-V", "-d", nss, "-n", "leaf", "-u", "S", "-e");
        Assert.True(certutil.ExitCode == 0, certutil.Output);
    }

    [Fact]
    public async Task The_same_request_gives_the_same_certificate_and_another_is_refused()
    {
        var change = await _ca.RegisterAsync();
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        var first = await _ca.IssueAsync(change.ApplicationId!, key, "request-" + change.Id);
        var again = await _ca.IssueAsync(change.ApplicationId!, key, "request-" + change.Id);
        Assert.Equal(first.Row.Certificate, again.Row.Certificate);

        using var other = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k2");
        Assert.Equal(Fault.ApplicationAlreadyUsed, (await RefusedAsync(change.ApplicationId!, other)).Fault);
    }

    [Fact]
    public async Task A_key_is_certified_for_one_application_only()
    {
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        await _ca.IssueAsync((await _ca.RegisterAsync()).ApplicationId!, key);
        Assert.Equal(Fault.KeyAlreadyCertified, (await RefusedAsync((await _ca.RegisterAsync()).ApplicationId!, key)).Fault);
    }

    [Fact]
    public async Task Concurrent_calls_for_one_application_give_one_certificate()
    {
        var change = await _ca.RegisterAsync();
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        var issued = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => _ca.IssueAsync(change.ApplicationId!, key, "same-" + change.Id)))
        );
        Assert.Single(issued.Select(i => Convert.ToHexString(i.Row.Certificate!)).Distinct());
    }

    [Fact]
    public async Task Without_an_approval_there_is_no_certificate()
    {
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        var unknown = EContract.Ca.Registration.ApplicationId.Create(DateTimeOffset.UtcNow).Value;
        Assert.Equal(Fault.ApplicationNotFound, (await RefusedAsync(unknown, key)).Fault);
    }

    [Fact]
    public async Task Proof_of_possession_is_required()
    {
        var change = await _ca.RegisterAsync();
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        using var impostor = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k2");
        var honest = CaHost.CreateRequest(key);
        var forged = CaHost.CreateRequest(impostor);
        var mixed = SignedObject.Encode(honest.Signed.ToBeSigned, honest.Signed.SignatureAlgorithm, forged.Signed.Signature.Span);
        Assert.Equal(Fault.ProofOfPossessionFailed, (await RefusedAsync(change.ApplicationId!, mixed)).Fault);
        Assert.Equal(Fault.CsrMalformed, (await RefusedAsync(change.ApplicationId!, mixed[..^3])).Fault);
        Assert.Equal(Fault.CsrMalformed, (await RefusedAsync(change.ApplicationId!, [])).Fault);
    }

    [Fact]
    public async Task Weak_keys_are_refused()
    {
        var change = await _ca.RegisterAsync();
        using var rsa = System.Security.Cryptography.RSA.Create(1024);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=x",
            rsa,
            System.Security.Cryptography.HashAlgorithmName.SHA256,
            System.Security.Cryptography.RSASignaturePadding.Pkcs1
        ).CreateSigningRequest();
        Assert.Equal(Fault.AlgorithmNotAllowed, (await RefusedAsync(change.ApplicationId!, request)).Fault);
    }

    [Fact]
    public async Task An_interrupted_issuance_is_finished_with_its_first_plan()
    {
        var change = await _ca.RegisterAsync();
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        // A crash after the plan was stored: what the database holds is what PlanAsync leaves.
        await using var dataSource = Npgsql.NpgsqlDataSource.Create(_ca.ConnectionString);
        var issued = await _ca.IssueAsync(change.ApplicationId!, key, "crash-" + change.Id);
        await using (
            var undo = dataSource.CreateCommand(
                "UPDATE ca.certificates SET state = 1, certificate = NULL, issued_at = NULL WHERE application_id = $1"
            )
        )
        {
            undo.Parameters.Add(new() { Value = change.ApplicationId! });
            await undo.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using (var undo = dataSource.CreateCommand("UPDATE ca.applications SET state = 1, serial_number = NULL WHERE id = $1"))
        {
            undo.Parameters.Add(new() { Value = change.ApplicationId! });
            await undo.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var (finished, _) = await _ca.Get<IssuanceReconciler>().ReconcileAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.True(finished >= 1);
        var again = await _ca.IssueAsync(change.ApplicationId!, key, "crash-" + change.Id);
        Assert.Equal(issued.Row.Plan, Certificate.Decode(again.Row.Certificate!).Signed.ToBeSigned.ToArray());
    }

    private async Task<ServiceException> RefusedAsync(string application, ISigningKey key) =>
        await Assert.ThrowsAsync<ServiceException>(() => _ca.IssueAsync(application, key));

    private async Task<ServiceException> RefusedAsync(string application, byte[] request) =>
        await Assert.ThrowsAsync<ServiceException>(() =>
            _ca.Get<CertificateIssuer>()
                .IssueAsync(
                    CaHost.NewRequestId(),
                    CaHost.ApplicationIdOf(application),
                    request,
                    default,
                    CaHost.Service,
                    CancellationToken.None
                )
        );
}
