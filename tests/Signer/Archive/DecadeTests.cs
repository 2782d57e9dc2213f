using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Signer.Archive.Deadlines;
using EContract.Signer.Signing;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using EContract.TestKit.Documents;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;
using Xunit;

namespace EContract.Signer.Tests.Archive;

/// <summary>
/// Ten years of a contract: its certificate ends, its time-stamp units end, its algorithm loses its strength, its authorities close one after the
/// other. With renewals it stays valid without asking anyone; without them it does not, for a reason that is told.
/// </summary>
public sealed class DecadeTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly byte[] Contract = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);

    private Preservation _world = null!;

    public async ValueTask InitializeAsync()
    {
        // The signer's RSA-2048 loses its strength after five years; the time-stamp units' P-256 lasts.
        var policy = ValidationPolicy.Default with
        {
            Name = "decade",
            Algorithms = new AlgorithmConstraints(
                [new AlgorithmConstraint("RSA-2048", Start + (5 * Year)), new AlgorithmConstraint("P-256", Start + (20 * Year))],
                [new AlgorithmConstraint("SHA256", Start + (20 * Year)), new AlgorithmConstraint("SHA512")]
            ),
        };
        _world = await Preservation.StartAsync(Start, policy);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task With_five_renewals_a_contract_is_valid_after_ten_years_and_nobody_need_be_asked()
    {
        var era = Begin();
        var signed = await _world.SignAsync(Contract, SignatureKind.RsaPkcs1, Year);
        var document = Preservation.Whole(signed, await _world.AugmentAsync(signed, ItemLevel.LongTermArchive));
        var deadline = Start;
        for (var renewal = 1; renewal <= 5; renewal++)
        {
            // The unit's certificate has two years; it is renewed ten weeks before they end.
            _world.Time.Advance(1.8 * Year);
            var before = era;
            era = Begin();
            var renewed = await _world.RestampAsync(document);
            Assert.Equal(1, renewed.Augmented.TimeStamps);
            Assert.Empty(renewed.Augmented.Missing);
            Assert.Equal(DeadlineReason.TimestampCertificate, renewed.Protection.Deadline.Reason);
            Assert.True(renewed.Protection.Deadline.Time > deadline);
            deadline = renewed.Protection.Deadline.Time;
            var whole = Preservation.Whole(document, renewed);
            Assert.True(whole.AsSpan().StartsWith(document));
            document = whole;
            _world.Server.Close(before); // for good
        }

        _world.Time.Advance(Year);
        // All authorities but the newest are gone. Of that one the verifier has the status of its unit in a file; then it is gone, too.
        var status = await _world.StatusOfNewestUnitAsync();
        _world.Server.Close(era);
        var asked = _world.Server.Requests.Count;
        var report = await _world.ValidateOfflineAsync(document, status);
        Assert.True(report.Conclusion.IsPassed, $"{report.Conclusion} {string.Join('\n', report.Conclusion.Findings)}");
        Assert.All(report.Signatures, s => Assert.True(s.Conclusion.IsPassed, $"{s.Id}: {s.Conclusion}"));
        Assert.Equal(7, report.Signatures.Count); // the signature, and six document time-stamps
        Assert.Equal(asked, _world.Server.Requests.Count);
        Assert.Equal(Start, report.Signatures[0].Proof.Time, TimeSpan.FromSeconds(1));
        await RequireForeignToolsAsync(document);
    }

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(0, 10.0)]
    [InlineData(2, 10.0)]
    public async Task Without_renewal_the_proof_ends_with_the_last_time_stamp(int renewals, double years)
    {
        var era = Begin();
        var signed = await _world.SignAsync(Contract, SignatureKind.RsaPkcs1, Year);
        var document = Preservation.Whole(signed, await _world.AugmentAsync(signed, ItemLevel.LongTermArchive));
        for (var renewal = 1; renewal <= renewals; renewal++)
        {
            _world.Time.Advance(1.8 * Year);
            var before = era;
            era = Begin();
            document = Preservation.Whole(document, await _world.RestampAsync(document));
            _world.Server.Close(before);
        }

        _world.Time.Advance(Start + (years * Year) - _world.Time.GetUtcNow());
        _world.Server.Close(era);
        var report = await _world.ValidateOfflineAsync(document);
        Assert.Equal(Indication.Indeterminate, report.Signatures[^1].Conclusion.Indication);
        Assert.Equal(years > 2 ? SubIndication.OutOfBoundsNoPoe : SubIndication.TryLater, report.Signatures[^1].Conclusion.SubIndication);
        if (years > 2)
        {
            // Too late: what has no proof any more is not made to look better by a new time-stamp, unless its evidence is to be kept as it is.
            Begin();
            var refused = await Refusal.IsAsync(Fault.EvidenceBroken, () => _world.RestampAsync(document));
            Assert.Equal("INDETERMINATE", refused.FaultMetadata["indication"]);
            var kept = await _world.RestampAsync(document, preserveEvidence: true);
            Assert.Equal(1, kept.Augmented.TimeStamps);
            Assert.Contains(kept.Verdicts, v => v.Indication == "INDETERMINATE");
        }
    }

    [Fact]
    public async Task The_deadline_tells_what_ends_first()
    {
        Begin();
        var basic = await _world.SignAsync(Contract, SignatureKind.RsaPkcs1, Year, timestamped: false);
        var own = Look(basic);
        Assert.Equal((DeadlineReason.SignerCertificate, Start + Year), (own.Reason, own.Time));
        var long5 = await _world.SignAsync(Contract, SignatureKind.RsaPkcs1, 8 * Year, timestamped: false);
        var sunset = Look(long5);
        Assert.Equal(
            (DeadlineReason.TimestampCertificate, false),
            (Look(Archived(basic)).Reason, sunset.Reason == DeadlineReason.TimestampCertificate)
        );
        Assert.Equal((DeadlineReason.SignerCertificate, Start + (4 * Year)), (sunset.Reason, sunset.Time)); // its authority's four years
        _world.Policy = _world.Policy with
        {
            Algorithms = new AlgorithmConstraints(
                [new AlgorithmConstraint("RSA-2048", Start + (2 * Year)), new AlgorithmConstraint("P-256")],
                _world.Policy.Algorithms.Hashes
            ),
        };
        Assert.Equal((DeadlineReason.Algorithm, Start + (2 * Year)), (Look(long5).Reason, Look(long5).Time));
    }

    private byte[] Archived(byte[] document) =>
        Preservation.Whole(document, _world.AugmentAsync(document, ItemLevel.LongTermArchive).GetAwaiter().GetResult());

    private TrustDeadline Look(byte[] document) => _world.Desk().Look(new MemoryStream(document)).Protection.Deadline;

    private string Begin() => _world.Begin(4 * Year, 2 * Year);

    private static async Task RequireForeignToolsAsync(byte[] document)
    {
        using var folder = new TemporaryFolder();
        var (code, qpdf) = await ForeignTool.RunAsync("qpdf", "--check", folder.Write("decade.pdf", document));
        Assert.True(code == 0, qpdf);
        var (valid, text) = await PdfSig.CheckAsync(document);
        Assert.True(valid == 1, text);
    }
}
