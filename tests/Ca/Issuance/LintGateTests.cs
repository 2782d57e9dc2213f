using EContract.Ca.Authorities;
using EContract.Ca.Issuance;
using EContract.Ca.Profiles;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using Xunit;

namespace EContract.Ca.Tests.Issuance;

/// <summary>What no relying party would accept is found before the CA's key is touched, by validating the path as one would.</summary>
public sealed class LintGateTests : IDisposable
{
    private static readonly DateTimeOffset Now = CertificateTime.Truncate(DateTimeOffset.UtcNow);

    private readonly SoftwareSigningKey _root = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP384, "root");
    private readonly SoftwareSigningKey _issuer = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP384, "issuer");
    private readonly SoftwareSigningKey _leaf = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "leaf");

    public void Dispose()
    {
        _root.Dispose();
        _issuer.Dispose();
        _leaf.Dispose();
    }

    [Fact]
    public async Task A_leaf_of_an_unconstrained_issuer_passes() => await PassAsync(await ChainAsync());

    [Fact]
    public async Task A_name_outside_the_issuers_constraints_is_found()
    {
        var constraints = new NameConstraints([new GeneralSubtree(GeneralName.Dns("example.co.jp"))], []);
        var refused = await Assert.ThrowsAsync<ServiceException>(async () => await PassAsync(await ChainAsync(constraints.ToExtension())));
        Assert.Equal(Fault.CertificateLintFailed, refused.Fault);
        Assert.Contains("path_validates", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purpose_that_the_issuer_excludes_is_found()
    {
        var only = new ExtendedKeyUsage([Oids.TimeStamping]).ToExtension(critical: false);
        var refused = await Assert.ThrowsAsync<ServiceException>(async () => await PassAsync(await ChainAsync(only)));
        Assert.Contains("path_validates", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issuer_that_the_root_no_longer_allows_below_it_is_found()
    {
        var chain = await ChainAsync();
        // A third CA below an issuer whose pathLenConstraint is 0.
        using var third = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP384, "third");
        var own = await CertifyAsync(third, "Third CA", chain[0], _issuer, Authority(null));
        var refused = await Assert.ThrowsAsync<ServiceException>(() => PassAsync([own, .. chain]));
        Assert.Contains("path_validates", refused.Message, StringComparison.Ordinal);
    }

    private async Task PassAsync(IReadOnlyList<Certificate> chain)
    {
        var profile = ProfileCatalogue.Load().Get("tls-server");
        var signature = SigningKeys.SignatureAlgorithmOf(chain[0].Tbs.SubjectPublicKeyInfo);
        var plan = new CertificatePlan(profile, ProfileCatalogue.Load().Algorithms, new("http://127.0.0.1:7080"))
        {
            GivenSubject = DistinguishedName.Of(("CN", "localhost")),
            Values = new Placeholders().Set("dns", "localhost").Set("ip", "127.0.0.1"),
        };
        var tbs = plan.Build(IssuerIdentity.Of("x", chain[0], signature), KeyOf(_leaf), SerialNumber.CreateRandom(), Now);
        await LintGate.PassAsync(tbs, chain, profile, KeyAlgorithm.EcdsaP384, TestContext.Current.CancellationToken);
    }

    private async Task<IReadOnlyList<Certificate>> ChainAsync(params Extension[] ofIssuer)
    {
        var root = await CertifyAsync(_root, "Root CA", null, _root, Authority(null));
        return [await CertifyAsync(_issuer, "Issuing CA", root, _root, [.. Authority(0), .. ofIssuer]), root];
    }

    private static Extension[] Authority(int? pathLength) =>
        [new BasicConstraints(true, pathLength).ToExtension(), new KeyUsage(KeyUsages.KeyCertSign | KeyUsages.CrlSign).ToExtension()];

    private static async Task<Certificate> CertifyAsync(
        SoftwareSigningKey key,
        string name,
        Certificate? issuer,
        SoftwareSigningKey issuerKey,
        IReadOnlyList<Extension> extensions
    )
    {
        var signature = SigningKeys.SignatureAlgorithmOf(issuerKey.Algorithm);
        var prepared = new TbsCertificate
        {
            SerialNumber = SerialNumber.CreateRandom(),
            Signature = signature.Identifier,
            Issuer = issuer?.Tbs.Subject ?? DistinguishedName.Of(("CN", name)),
            Subject = DistinguishedName.Of(("CN", name)),
            NotBefore = Now.AddDays(-1),
            NotAfter = Now.AddYears(9),
            SubjectPublicKeyInfo = KeyOf(key),
            Extensions = [new SubjectKeyIdentifier(KeyOf(key).ComputeKeyIdentifier()).ToExtension(), .. extensions],
        }.Prepare();
        return prepared.Complete(await issuerKey.SignDataAsync(signature, prepared.ToBeSigned, CancellationToken.None));
    }

    private static SubjectPublicKeyInfo KeyOf(SoftwareSigningKey key) => SubjectPublicKeyInfo.Decode(key.SubjectPublicKeyInfo);
}
