using EContract.Hosting.Errors;
using EContract.Signer.Activation;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using EContract.TestKit.Documents;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace EContract.Signer.Tests.Signing;

/// <summary>
/// A node is lost at each point of the cycle, and another one goes on. Each authorised digest is signed at most once and at most one
/// result is released: docs/signing-cycle.md.
/// </summary>
[Collection(TokenTests.Name)]
public sealed class CrashTests(TokenFixture token) : IAsyncLifetime
{
    private static readonly TimeSpan BeyondLease = TimeSpan.FromMinutes(3);

    private Bank _bank = null!;
    private SignerNode _survivor = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _survivor = await _bank.StartNodeAsync();
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Theory]
    [InlineData(CyclePoint.ActivationStored)]
    [InlineData(CyclePoint.OtpStored)]
    public async Task Lost_while_beginning_the_repeated_request_is_the_same_activation(CyclePoint point)
    {
        var credential = await _survivor.EnrollAsync();
        var request = _survivor.Request();
        await LoseAsync(
            point,
            node => node.Desk.BeginAsync(SignerNode.Portal, request, credential.Id, [Order.Raw()], "ja", CancellationToken.None)
        );
        var (activation, _) = await _survivor.Desk.BeginAsync(
            SignerNode.Portal,
            request,
            credential.Id,
            [Order.Raw()],
            "ja",
            CancellationToken.None
        );
        await _survivor.CompleteAsync(activation);
        await using var db = await _survivor.OpenDatabaseAsync();
        Assert.Equal(1, await db.Activations.CountAsync());
    }

    [Theory]
    [InlineData(CyclePoint.AttemptCounted)]
    [InlineData(CyclePoint.FactorsRight)]
    public async Task Lost_before_the_reservation_the_retried_completion_signs(CyclePoint point)
    {
        var (activation, otp) = await BeginAsync();
        await LoseAsync(point, node => node.CompleteAsync(activation, otp));
        // The attempt was counted before it was tried, and stays counted.
        var credential = await _survivor.Credentials.GetAsync(SignerNode.Portal, activation.CredentialId, CancellationToken.None);
        Assert.Equal(1, credential.FailedAttempts);
        var done = await _survivor.CompleteAsync(activation, otp);
        Assert.Equal(ActivationState.Consumed, done.State);
    }

    [Theory]
    [InlineData(CyclePoint.Reserved)]
    [InlineData(CyclePoint.Signed)]
    public async Task Lost_between_reservation_and_storing_the_outcome_is_ambiguous_and_never_released(CyclePoint point)
    {
        var (activation, otp) = await BeginAsync();
        await LoseAsync(point, node => node.CompleteAsync(activation, otp));
        _bank.Time.Advance(BeyondLease);
        await Refusal.IsAsync(Fault.ActivationAmbiguous, () => _survivor.CompleteAsync(activation, otp));
        await Refusal.IsAsync(Fault.ActivationAmbiguous, () => _survivor.CompleteAsync(activation, otp));
        await AssertReleasedNothingAsync(activation.Id);
        // The subscriber is asked again, also for the document.
        var (again, newOtp) = await BeginAsync(activation);
        await _survivor.CompleteAsync(again, newOtp);
    }

    [Theory]
    [InlineData(CyclePoint.SignaturesStored)]
    [InlineData(CyclePoint.Timestamped)]
    public async Task Lost_after_storing_the_signatures_another_node_finishes_without_signing_again(CyclePoint point)
    {
        var (activation, otp) = await BeginAsync();
        await LoseAsync(point, node => node.CompleteAsync(activation, otp));
        var stored = await SignaturesAsync(activation.Id);
        _bank.Time.Advance(BeyondLease);
        var done = await _survivor.CompleteAsync(activation, otp);
        Assert.Equal(ActivationState.Consumed, done.State);
        Assert.Equal(stored, await SignaturesAsync(activation.Id));
        var signed = await _survivor.ReadAsync(activation.Items[0].DocumentId!.Value);
        Assert.Equal(1, (await PdfSig.CheckAsync(signed)).Valid);
    }

    [Fact]
    public async Task Lost_before_the_answer_the_retried_call_gets_the_stored_one()
    {
        var (activation, otp) = await BeginAsync();
        await LoseAsync(CyclePoint.ResultStored, node => node.CompleteAsync(activation, otp));
        var stored = await SignaturesAsync(activation.Id);
        var done = await _survivor.CompleteAsync(activation, otp);
        Assert.Equal(stored, await SignaturesAsync(activation.Id));
        Assert.Equal(2, done.Items[0].ResultVersion);
    }

    [Fact]
    public async Task A_node_that_comes_back_too_late_releases_nothing()
    {
        var (activation, otp) = await BeginAsync();
        var late = new PausingPoints(CyclePoint.Timestamped);
        var slow = (await _bank.StartNodeAsync(late)).CompleteAsync(activation, otp);
        await late.Reached;
        _bank.Time.Advance(BeyondLease);
        await _survivor.CompleteAsync(activation, otp);
        late.Resume();
        await Refusal.IsAsync(Fault.ActivationAmbiguous, () => slow);
    }

    [Fact]
    public async Task A_revocation_while_signing_runs_releases_nothing()
    {
        await _survivor.StartFeedsAsync();
        var (activation, otp) = await BeginAsync();
        var pause = new PausingPoints(CyclePoint.Timestamped);
        var signing = (await _bank.StartNodeAsync(pause)).CompleteAsync(activation, otp);
        await pause.Reached;
        var credential = await _survivor.Credentials.GetAsync(SignerNode.Portal, activation.CredentialId, CancellationToken.None);
        _bank.Ca.Set(credential.SerialNumber!, CertificateStanding.Revoked);
        await Eventually.IsAsync(async () =>
            (await _survivor.Ledger.LoadAsync(SignerNode.Portal, activation.Id, CancellationToken.None)).State == ActivationState.Burned
        );
        pause.Resume();
        await Refusal.IsAsync(Fault.ActivationBurned, () => signing);
        await AssertReleasedNothingAsync(activation.Id);
    }

    [Theory]
    [InlineData(CyclePoint.AttemptCounted)]
    [InlineData(CyclePoint.KeyStored)]
    [InlineData(CyclePoint.CertificateIssued)]
    public async Task Lost_while_enrolling_the_retried_completion_ends_in_one_key_and_one_certificate(CyclePoint point)
    {
        var application = _bank.Ca.Approve("山田太郎");
        var (enrollment, _) = await _survivor.Enrollments.BeginAsync(
            SignerNode.Portal,
            _survivor.Request(),
            application.Id,
            OtpMethod.Email,
            "ja",
            CancellationToken.None
        );
        var otp = _bank.Mail.Code;
        Task<Credential> Complete(SignerNode node) =>
            node.Enrollments.CompleteAsync(SignerNode.Portal, enrollment.Id, otp, SignerNode.Pin, null, CancellationToken.None);
        await LoseAsync(point, Complete);
        var credential = await Complete(_survivor);
        Assert.NotNull(credential.Certificate);
        Assert.Equal(1, _bank.Ca.Issuances);
        await using var db = await _survivor.OpenDatabaseAsync();
        Assert.Equal(1, await db.Credentials.CountAsync());
        await _survivor.Enrollments.AcceptAsync(SignerNode.Portal, credential.Id, SignerNode.Pin, CancellationToken.None);
    }

    /// <summary>Runs a call on a node that never comes back from a point.</summary>
    private async Task LoseAsync(CyclePoint point, Func<SignerNode, Task> call)
    {
        var points = new HangingPoints(point);
        var doomed = await _bank.StartNodeAsync(points);
        var running = call(doomed);
        Assert.Same(points.Reached, await Task.WhenAny(points.Reached, running));
    }

    private async Task<(ActivationRow Activation, string Otp)> BeginAsync(ActivationRow? like = null)
    {
        var credential = like?.CredentialId ?? (await _survivor.EnrollAsync()).Id;
        var document =
            like?.Items[0].DocumentId ?? (await _survivor.UploadAsync(LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic))).Id;
        var (activation, _) = await _survivor.Desk.BeginAsync(
            SignerNode.Portal,
            _survivor.Request(),
            credential,
            [Order.Pdf(document, level: ItemLevel.Timestamped), Order.Raw()],
            "ja",
            CancellationToken.None
        );
        return (activation, _bank.Mail.Code);
    }

    private async Task<List<string>> SignaturesAsync(ActivationId id)
    {
        await using var db = await _survivor.OpenDatabaseAsync();
        var signatures = await db
            .ActivationItems.Where(i => i.ActivationId == id)
            .OrderBy(i => i.Ordinal)
            .Select(i => i.Signature)
            .ToListAsync();
        return signatures.ConvertAll(s => Convert.ToHexString(s!));
    }

    private async Task AssertReleasedNothingAsync(ActivationId id)
    {
        await using var db = await _survivor.OpenDatabaseAsync();
        Assert.All(
            await db.ActivationItems.AsNoTracking().Where(i => i.ActivationId == id).ToListAsync(),
            item =>
            {
                Assert.Null(item.Result);
                Assert.Null(item.Signature);
            }
        );
        Assert.DoesNotContain(await db.DocumentVersions.AsNoTracking().ToListAsync(), v => v.Version > 1);
    }
}
