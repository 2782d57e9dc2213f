using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;
using EContract.Validation.Reports;
using EContract.Validation.Sources;
using Xunit;

namespace EContract.Validation.Tests.Processes;

/// <summary>ETSI EN 319 102-1 §5.3 and §5.5 over CMS that is made here: what each missing, stale or adverse piece of evidence does to the verdict.</summary>
public sealed class BasicSignatureTests : IDisposable
{
    private static readonly byte[] Content = "契約"u8.ToArray();
    private readonly SigningWorld _world = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signature_with_fresh_status_passes(bool attached)
    {
        var report = await Validate(_world.Sign(Content, attached).Encode(), _world.Fresh() with { Content = new MemoryStream(Content) });
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        var signature = Assert.Single(report.Signatures);
        Assert.Equal(_world.Signer, signature.SigningCertificate!.Encoded.ToArray());
        Assert.Equal(2, signature.Chain.Count);
        Assert.Equal(2, signature.Revocation.Count);
        Assert.Equal("validation", signature.Proof.Origin);
    }

    [Fact]
    public async Task Other_content_is_a_hash_failure() =>
        await Expect("TOTAL-FAILED/HASH_FAILURE", request: _world.Fresh() with { Content = new MemoryStream([1, 2, 3]) });

    [Fact]
    public async Task Content_that_is_not_given_is_not_found() =>
        await Expect("INDETERMINATE/SIGNED_DATA_NOT_FOUND", request: _world.Fresh());

    [Fact]
    public async Task The_digest_is_enough_for_those_whose_documents_stay_with_them() =>
        await Expect(
            "TOTAL-PASSED",
            request: _world.Fresh() with
            {
                ContentDigest = (
                    System.Security.Cryptography.HashAlgorithmName.SHA256,
                    System.Security.Cryptography.SHA256.HashData(Content)
                ),
            }
        );

    [Fact]
    public async Task Without_revocation_data_it_is_too_early_to_tell() =>
        await Expect("INDETERMINATE/TRY_LATER", request: Detached(new CollectedSource()));

    [Fact]
    public async Task Without_an_anchor_there_is_no_chain()
    {
        var validator = _world.Validator(ValidationPolicy.Default);
        var report = await validator.ValidateCmsAsync(_world.Sign(Content).Encode(), Detached(_world.Fresh().Material!), Cancellation);
        Assert.Equal("INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND", report.Conclusion.ToString());
    }

    [Theory]
    [InlineData(-1, "INDETERMINATE/REVOKED_NO_POE")]
    [InlineData(1, "TOTAL-PASSED")]
    public async Task At_a_past_time_what_became_known_later_counts(int revokedHoursLater, string verdict)
    {
        var signature = _world.Sign(Content).Encode();
        var revoked = new RevokedCertificate(
            Certificate.Decode(_world.Signer).Tbs.SerialNumber,
            SigningWorld.Start.AddHours(revokedHoursLater),
            CrlReason.KeyCompromise
        );
        _world.Clock.Advance(TimeSpan.FromDays(1));
        var material = new CollectedSource();
        material.TryAddCertificate(_world.Hierarchy.Issuing.RawData);
        material.TryAddCrl(_world.Crl(null, revoked));
        material.TryAddCrl(_world.RootCrl());
        // The lists are of the next day.
        var report = await Validate(signature, Detached(material) with { At = SigningWorld.Start });
        Assert.Equal(verdict, report.Conclusion.ToString());
    }

    [Fact]
    public async Task At_a_time_before_its_certificate_nothing_was_signed()
    {
        var report = await Validate(
            _world.Sign(Content).Encode(),
            Detached(_world.Fresh().Material!) with
            {
                At = SigningWorld.Start.AddDays(-30),
            }
        );
        Assert.Equal(Indication.Indeterminate, report.Conclusion.Indication);
        Assert.Equal(FindingCode.CertificateNotYetValid, report.Conclusion.Findings[0].Code);
    }

    [Fact]
    public async Task Stale_data_prove_nothing()
    {
        var request = Detached(_world.Fresh(TimeSpan.FromHours(1)).Material!);
        var signature = _world.Sign(Content).Encode();
        _world.Clock.Advance(TimeSpan.FromHours(2));
        var report = await Validate(signature, request);
        Assert.Equal("INDETERMINATE/TRY_LATER", report.Conclusion.ToString());
        Assert.Equal(FindingCode.StaleRevocationInformation, report.Conclusion.Findings[0].Code);
    }

    [Fact]
    public async Task A_revoked_certificate_without_proof_of_existence_is_indeterminate()
    {
        var signature = _world.Sign(Content).Encode();
        _world.Clock.Advance(TimeSpan.FromDays(1));
        await Expect("INDETERMINATE/REVOKED_NO_POE", signature, Detached(Revoked(CrlReason.KeyCompromise)));
    }

    [Fact]
    public async Task A_certificate_on_hold_may_be_good_later()
    {
        var signature = _world.Sign(Content).Encode();
        await Expect("INDETERMINATE/TRY_LATER", signature, Detached(Revoked(CrlReason.CertificateHold)));
    }

    [Fact]
    public async Task A_time_stamp_before_the_revocation_saves_the_signature()
    {
        var signature = _world.WithTimeStamp(_world.Sign(Content)).Encode();
        _world.Clock.Advance(TimeSpan.FromDays(1));
        var report = await Validate(signature, Detached(Revoked(CrlReason.KeyCompromise)));
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        Assert.Equal(SigningWorld.Start, report.Signatures[0].Proof.Time);
        Assert.Equal("signature-1/time-stamp-1", report.Signatures[0].Proof.Origin);
    }

    [Fact]
    public async Task A_time_stamp_after_the_revocation_does_not()
    {
        var signature = _world.Sign(Content);
        _world.Clock.Advance(TimeSpan.FromDays(1));
        var revoked = Revoked(CrlReason.KeyCompromise);
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Expect("INDETERMINATE/REVOKED_NO_POE", _world.WithTimeStamp(signature).Encode(), Detached(revoked));
    }

    [Fact]
    public async Task An_expired_certificate_without_proof_of_existence_is_out_of_bounds()
    {
        var signature = _world.Sign(Content).Encode();
        _world.Clock.Advance(TimeSpan.FromDays(400));
        await Expect("INDETERMINATE/OUT_OF_BOUNDS_NO_POE", signature, Detached(_world.Fresh().Material!));
    }

    [Fact]
    public async Task A_responder_that_the_issuer_authorised_is_believed()
    {
        var material = new CollectedSource();
        material.TryAddOcspResponse(_world.Ocsp(_world.Signer));
        material.TryAddCrl(_world.RootCrl());
        await Expect("TOTAL-PASSED", request: Detached(material));
    }

    [Fact]
    public async Task A_revocation_that_a_responder_tells_counts_beside_an_older_list()
    {
        var signature = _world.Sign(Content).Encode();
        var material = _world.Fresh().Material!;
        _world.Clock.Advance(TimeSpan.FromHours(1));
        material.TryAddOcspResponse(
            _world.Ocsp(_world.Signer, CertStatus.Revoked(_world.Clock.GetUtcNow(), CrlReason.CessationOfOperation))
        );
        await Expect("INDETERMINATE/REVOKED_NO_POE", signature, Detached(material));
    }

    [Fact]
    public async Task The_same_certificate_is_judged_by_itself()
    {
        var report = await _world
            .Validator()
            .ValidateCertificateAsync(_world.Signer, request: _world.Fresh(), cancellationToken: Cancellation);
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        Assert.Equal(_world.Hierarchy.Root.RawData, report.Certificate!.TrustAnchor!.Encoded.ToArray());
    }

    [Fact]
    public async Task A_token_is_judged_with_what_it_stamps()
    {
        var token = _world.Stamp(System.Security.Cryptography.SHA256.HashData(Content));
        var request = _world.Fresh() with { Content = new MemoryStream(Content) };
        Assert.Equal("TOTAL-PASSED", (await _world.Validator().ValidateTimeStampAsync(token, request, Cancellation)).Conclusion.ToString());
        request = request with { Content = new MemoryStream([0]) };
        Assert.Equal(
            "TOTAL-FAILED/HASH_FAILURE",
            (await _world.Validator().ValidateTimeStampAsync(token, request, Cancellation)).Conclusion.ToString()
        );
    }

    [Fact]
    public async Task A_subscriber_is_no_time_stamp_authority()
    {
        var report = await _world
            .Validator()
            .ValidateCertificateAsync(_world.Signer, AnchorPurpose.TimeStamping, _world.Fresh(), Cancellation);
        Assert.Equal("INDETERMINATE/CHAIN_CONSTRAINTS_FAILURE", report.Conclusion.ToString());
    }

    private async Task Expect(string conclusion, byte[]? signature = null, ValidationRequest? request = null)
    {
        var report = await Validate(signature ?? _world.Sign(Content).Encode(), request ?? Detached(_world.Fresh().Material!));
        Assert.Equal(conclusion, report.Conclusion.ToString());
    }

    private static ValidationRequest Detached(CollectedSource material) =>
        new() { Material = material, Content = new MemoryStream(Content) };

    private CollectedSource Revoked(CrlReason reason)
    {
        var material = new CollectedSource();
        var entry = new RevokedCertificate(Certificate.Decode(_world.Signer).Tbs.SerialNumber, _world.Clock.GetUtcNow(), reason);
        material.TryAddCrl(_world.Crl(null, entry));
        material.TryAddCrl(_world.RootCrl());
        return material;
    }

    private Task<ValidationReport> Validate(byte[] signature, ValidationRequest request) =>
        _world.Validator().ValidateCmsAsync(signature, request, Cancellation);
}
