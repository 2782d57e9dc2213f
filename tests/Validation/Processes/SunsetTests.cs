using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;
using EContract.Validation.Reports;
using Xunit;

namespace EContract.Validation.Tests.Processes;

/// <summary>A signature with SHA-1, made by .NET, in a policy that trusts SHA-1 for one more year: what counts is a proof from before that day.</summary>
public sealed class SunsetTests : IDisposable
{
    private const int Sunset = 365;
    private static readonly byte[] Content = "契約"u8.ToArray();
    private readonly SigningWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(0, "TOTAL-PASSED")]
    [InlineData(Sunset - 1, "TOTAL-PASSED")]
    [InlineData(Sunset, "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE")]
    [InlineData(null, "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE")]
    public async Task SHA1_passes_only_if_it_is_proven_to_have_existed_before_its_sunset(int? stampedAfter, string verdict)
    {
        var signature = SignWithSha1();
        if (stampedAfter is { } days)
        {
            _world.Clock.Advance(TimeSpan.FromDays(days));
            signature = Stamp(signature);
        }

        _world.Clock.Advance(SigningWorld.Start.AddDays(2 * Sunset) - _world.Clock.GetUtcNow());
        var report = await Validate(signature);
        Assert.Equal(verdict, report.Conclusion.ToString());
        if (!report.Conclusion.IsPassed)
        {
            Assert.Equal(FindingCode.AlgorithmNotReliable, report.Conclusion.Findings[0].Code);
            Assert.Contains("SHA1", report.Conclusion.Findings[0].Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Before_its_sunset_it_passes_by_itself() =>
        Assert.Equal("TOTAL-PASSED", (await Validate(SignWithSha1())).Conclusion.ToString());

    private Task<ValidationReport> Validate(SignedData signature)
    {
        var algorithms = _world.Policy.Algorithms;
        AlgorithmConstraint[] hashes =
        [
            .. algorithms.Hashes.Where(row => row.Algorithm != "SHA1"),
            new AlgorithmConstraint("SHA1", SigningWorld.Start.AddDays(Sunset)),
        ];
        var policy = _world.Policy with { Algorithms = new AlgorithmConstraints(algorithms.Keys, hashes) };
        var request = _world.Fresh() with { Content = new MemoryStream(Content) };
        return _world.Validator(policy).ValidateCmsAsync(signature.Encode(), request, TestContext.Current.CancellationToken);
    }

    private SignedData SignWithSha1()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issued = _world.Hierarchy.IssueSubscriber(key.ExportSubjectPublicKeyInfo(), validity: TimeSpan.FromDays(3650));
        using var certificate = X509CertificateLoader.LoadCertificate(issued);
        using var own = certificate.CopyWithPrivateKey(key);
        var signed = new SignedCms(new ContentInfo(Content), detached: true);
        signed.ComputeSignature(
            new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, own)
            {
                DigestAlgorithm = new Oid(Oids.Sha1),
                IncludeOption = X509IncludeOption.EndCertOnly,
            }
        );
        return SignedData.Decode(signed.Encode());
    }

    private SignedData Stamp(SignedData signature)
    {
        var signer = Assert.Single(signature.SignerInfos);
        var token = new CmsAttribute(Oids.SignatureTimeStampToken, _world.Stamp(SHA256.HashData(signer.Signature.Span)));
        return signature with { SignerInfos = [signer with { UnsignedAttributes = [token] }] };
    }
}
