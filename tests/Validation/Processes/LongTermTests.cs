using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Reports;
using EContract.Validation.Sources;
using Xunit;

namespace EContract.Validation.Tests.Processes;

/// <summary>ETSI EN 319 102-1 §5.6 over PDFs that are made here and looked at years later, without any network.</summary>
public sealed class LongTermTests : IDisposable
{
    private static readonly byte[] Original = SmallPdf.Write();
    private readonly SigningWorld _world = new(signerValidity: TimeSpan.FromDays(365));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_document_with_a_time_stamp_and_its_data_passes_today()
    {
        var report = await Validate(_world.Preserve(_world.SignPdf(Original), "Test TSU", _world.Signer));
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        Assert.Equal(["signature-1", "document-time-stamp-1"], report.Signatures.Select(s => s.Id));
    }

    [Fact]
    public async Task It_still_passes_after_the_signer_expired()
    {
        var document = _world.Preserve(_world.SignPdf(Original), "Test TSU", _world.Signer);
        _world.Clock.Advance(TimeSpan.FromDays(3 * 365));
        // Somebody must show that the last time-stamp's authority is still good; the document shows all the rest.
        var report = await Validate(document, _world.Fresh());
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        Assert.Equal(SigningWorld.Start, report.Signatures[0].Proof.Time);
        Assert.Contains(report.Signatures[0].Conclusion.Findings, f => f.Code == FindingCode.ProvenByTimeStamp);
    }

    [Fact]
    public async Task Without_preservation_it_does_not()
    {
        var document = _world.SignPdf(Original, stamped: false);
        _world.Clock.Advance(TimeSpan.FromDays(3 * 365));
        var report = await Validate(document, _world.Fresh());
        Assert.Equal("INDETERMINATE/OUT_OF_BOUNDS_NO_POE", report.Conclusion.ToString());
    }

    [Fact]
    public async Task Of_an_expired_certificate_it_is_told_whether_it_is_known_not_to_be_revoked()
    {
        var document = _world.SignPdf(Original, stamped: false);
        _world.KeepsExpiredSince = SigningWorld.Start;
        _world.Clock.Advance(TimeSpan.FromDays(3 * 365));
        var report = await Validate(document, _world.Fresh());
        Assert.Equal("INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED", report.Conclusion.ToString());
        Assert.Equal(FindingCode.CertificateExpired, report.Conclusion.Findings[0].Code);
    }

    [Fact]
    public async Task A_time_stamp_is_enough_where_the_CA_remembers_what_expired()
    {
        var document = _world.SignPdf(Original);
        _world.KeepsExpiredSince = SigningWorld.Start;
        _world.Clock.Advance(TimeSpan.FromDays(3 * 365));
        var report = await Validate(document, _world.Fresh());
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        _world.KeepsExpiredSince = null;
        Assert.Equal("INDETERMINATE/OUT_OF_BOUNDS_NO_POE", (await Validate(document, _world.Fresh())).Conclusion.ToString());
    }

    [Fact]
    public async Task An_expired_certificate_that_was_revoked_is_told_as_revoked()
    {
        var document = _world.SignPdf(Original, stamped: false);
        var entry = new RevokedCertificate(
            Certificate.Decode(_world.Signer).Tbs.SerialNumber,
            SigningWorld.Start.AddDays(9),
            CrlReason.KeyCompromise
        );
        _world.Clock.Advance(TimeSpan.FromDays(3 * 365));
        var material = new CollectedSource();
        material.TryAddCrl(_world.Crl(null, entry));
        material.TryAddCrl(_world.RootCrl());
        var report = await Validate(document, new ValidationRequest { Material = material });
        Assert.Equal("INDETERMINATE/REVOKED_NO_POE", report.Conclusion.ToString());
    }

    [Fact]
    public async Task A_later_signatures_time_stamp_proves_the_earlier_signature()
    {
        var document = _world.SignPdf(Original, stamped: false);
        _world.Clock.Advance(TimeSpan.FromDays(1));
        var alone = document;
        document = _world.SignPdf(document);
        var status = _world.Ocsp(_world.Signer);
        var stampedAt = _world.Clock.GetUtcNow();
        _world.Clock.Advance(TimeSpan.FromDays(3 * 365));
        var request = _world.Fresh();
        request.Material!.TryAddOcspResponse(status);
        var report = await Validate(document, request);
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        Assert.Equal(stampedAt, report.Signatures[0].Proof.Time);
        Assert.Equal("signature-2/time-stamp-1", report.Signatures[0].Proof.Origin);
        Assert.Equal("INDETERMINATE/OUT_OF_BOUNDS_NO_POE", (await Validate(alone, request)).Conclusion.ToString());
    }

    [Fact]
    public async Task But_only_if_the_later_signature_holds()
    {
        using var stranger = new SigningWorld();
        var document = stranger.SignPdf(_world.SignPdf(Original, stamped: false), stamper: _world);
        var status = _world.Ocsp(_world.Signer);
        _world.Clock.Advance(TimeSpan.FromDays(3 * 365));
        var request = _world.Fresh();
        request.Material!.TryAddOcspResponse(status);
        var report = await Validate(document, request);
        Assert.True(report.Signatures[1].TimeStamps[0].Conclusion.IsPassed);
        Assert.Equal("INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", report.Signatures[1].Conclusion.ToString());
        Assert.Equal("INDETERMINATE/OUT_OF_BOUNDS_NO_POE", report.Signatures[0].Conclusion.ToString());
        Assert.Equal("validation", report.Signatures[0].Proof.Origin);
    }

    [Fact]
    public async Task Who_signed_before_his_certificate_was_issued_did_not_sign_with_it()
    {
        // The authority's clock is right; the certificate is of the next day.
        using var tomorrow = new SigningWorld(start: SigningWorld.Start.AddDays(1));
        var document = tomorrow.SignPdf(Original, stamper: _world);
        var request = tomorrow.Fresh();
        request.Material!.AddAll(_world.Fresh(TimeSpan.FromDays(3)).Material!);
        tomorrow.Clock.Advance(TimeSpan.FromHours(1));
        var policy = _world.Policy.Trusting(tomorrow.Policy.TrustAnchors);
        var report = await tomorrow.Validator(policy).ValidatePdfAsync(new MemoryStream(document), request, Cancellation);
        Assert.Equal("TOTAL-FAILED/NOT_YET_VALID", report.Conclusion.ToString());
    }

    [Fact]
    public async Task Renewed_in_time_it_outlives_every_authority()
    {
        _world.Authority("TSU 0", TimeSpan.FromDays(900));
        var document = _world.Preserve(_world.SignPdf(Original, stamped: false), "TSU 0", _world.Signer);
        for (var i = 1; i <= 4; i++)
        {
            _world.Clock.Advance(TimeSpan.FromDays(800));
            _world.Authority($"TSU {i}", TimeSpan.FromDays(900));
            document = _world.Preserve(document, $"TSU {i}", _world.Authority($"TSU {i - 1}"));
        }

        var report = await Validate(document);
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        Assert.All(report.Signatures, s => Assert.True(s.Conclusion.IsPassed, $"{s.Id}: {s.Conclusion}"));
        Assert.Equal(SigningWorld.Start, report.Signatures[0].Proof.Time);
    }

    [Fact]
    public async Task Renewed_too_late_it_does_not()
    {
        _world.Authority("TSU 0", TimeSpan.FromDays(900));
        var document = _world.Preserve(_world.SignPdf(Original, stamped: false), "TSU 0", _world.Signer);
        _world.Clock.Advance(TimeSpan.FromDays(1000));
        document = _world.Preserve(document, "TSU 1", _world.Authority("TSU 0"));
        var report = await Validate(document);
        Assert.Equal("INDETERMINATE/OUT_OF_BOUNDS_NO_POE", report.Conclusion.ToString());
    }

    [Fact]
    public async Task A_signature_over_a_time_stamp_that_is_younger_than_the_revocation_has_failed()
    {
        var document = _world.Preserve(_world.SignPdf(Original), "Test TSU", _world.Signer);
        var revokedAt = _world.Clock.GetUtcNow().AddHours(1);
        _world.Clock.Advance(TimeSpan.FromDays(2));
        document = _world.Preserve(document, "Test TSU");
        document = _world.SignPdf(document, stamped: true);
        var material = new CollectedSource();
        var entry = new RevokedCertificate(Certificate.Decode(_world.Signer).Tbs.SerialNumber, revokedAt, CrlReason.KeyCompromise);
        material.TryAddCrl(_world.Crl(null, entry));
        material.TryAddCrl(_world.RootCrl());
        var report = await Validate(document, new ValidationRequest { Material = material });
        Assert.Equal("TOTAL-PASSED", report.Signatures[0].Conclusion.ToString());
        Assert.Equal("TOTAL-FAILED/REVOKED", report.Signatures[^1].Conclusion.ToString());
    }

    private Task<ValidationReport> Validate(byte[] document, ValidationRequest? request = null) =>
        _world.Validator().ValidatePdfAsync(new MemoryStream(document), request, Cancellation);
}
