using System.Text.RegularExpressions;
using EContract.Hosting.Errors;
using EContract.Signer.Activation;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace EContract.Signer.Tests.Enrollment;

[Collection(TokenTests.Name)]
public sealed partial class CredentialTests(TokenFixture token) : IAsyncLifetime
{
    private Bank _bank = null!;
    private SignerNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _node = await _bank.StartNodeAsync();
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task A_key_is_made_certified_and_accepted()
    {
        var issued = await _node.EnrollUnacceptedAsync();
        Assert.Equal(CredentialState.Issued, issued.State);
        await Refusal.IsAsync(
            Fault.PinWrong,
            () => _node.Enrollments.AcceptAsync(SignerNode.Portal, issued.Id, "another1Pin", CancellationToken.None)
        );
        var accepted = await _node.Enrollments.AcceptAsync(SignerNode.Portal, issued.Id, SignerNode.Pin, CancellationToken.None);
        Assert.Equal(CredentialState.Active, accepted.State);
        await Refusal.IsAsync(
            Fault.CertificateAlreadyAccepted,
            () => _node.Enrollments.AcceptAsync(SignerNode.Portal, issued.Id, SignerNode.Pin, CancellationToken.None)
        );
    }

    [Fact]
    public async Task A_trivial_pin_is_refused_before_the_code_is_used_up()
    {
        var application = _bank.Ca.Approve("山田太郎");
        var (enrollment, otp) = await BeginAsync(application);
        Assert.Equal("t***a@example.co.jp", otp.MaskedDestination);
        var code = _bank.Mail.Code;
        foreach (var pin in new[] { "12345678", "taroyamada" })
        {
            await Refusal.IsAsync(Fault.PinRefused, () => CompleteAsync(enrollment.Id, code, pin));
        }

        Assert.NotNull((await CompleteAsync(enrollment.Id, code, SignerNode.Pin)).Certificate);
    }

    [Fact]
    public async Task Only_an_approved_application_is_enrolled()
    {
        var application = _bank.Ca.Approve("山田太郎");
        await Refusal.IsAsync(
            Fault.ApplicationNotFound,
            () => BeginAsync(application with { Id = Identity.New<CertificateApplicationId>() })
        );
        _bank.Ca.Put(application with { Standing = ApplicationStanding.Expired });
        await Refusal.IsAsync(Fault.ApplicationExpired, () => BeginAsync(application));
        _bank.Ca.Put(application with { Standing = ApplicationStanding.Withdrawn });
        await Refusal.IsAsync(Fault.ApplicationNotApproved, () => BeginAsync(application));
    }

    [Fact]
    public async Task A_ca_that_is_down_leaves_the_key_waiting_and_the_same_call_goes_on_with_the_same_pin_only()
    {
        var (enrollment, _) = await BeginAsync(_bank.Ca.Approve("山田太郎"));
        var otp = _bank.Mail.Code;
        _bank.Ca.Down = true;
        await Refusal.IsAsync(Fault.CaUnavailable, () => CompleteAsync(enrollment.Id, otp, SignerNode.Pin));
        _bank.Ca.Down = false;
        await Refusal.IsAsync(Fault.OtpAlreadyUsed, () => CompleteAsync(enrollment.Id, "00000000", SignerNode.Pin));
        await Refusal.IsAsync(Fault.PinWrong, () => CompleteAsync(enrollment.Id, otp, "another1Pin"));
        Assert.Equal(CredentialState.Issued, (await CompleteAsync(enrollment.Id, otp, SignerNode.Pin)).State);
    }

    [Fact]
    public async Task Six_wrong_pins_lock_burn_and_only_ra_and_subscriber_together_unlock()
    {
        await _node.StartFeedsAsync();
        var credential = await _node.EnrollAsync();
        var waiting = await _node.BeginAsync(credential, Order.Raw("waiting"));
        for (var i = 0; i < 6; i++)
        {
            var activation = await _node.BeginAsync(credential, Order.Raw($"{i}"));
            var fault = i < 5 ? Fault.PinWrong : Fault.KeyLocked;
            await Refusal.IsAsync(fault, () => _node.CompleteAsync(activation, pin: "another1Pin"));
        }

        Assert.Equal(CredentialState.Locked, (await StateAsync(credential)).State);
        await Refusal.IsAsync(Fault.ActivationBurned, () => _node.CompleteAsync(waiting));
        await Refusal.IsAsync(Fault.KeyLocked, () => _node.BeginAsync(credential, Order.Raw("more")));
        await Refusal.IsAsync(Fault.KeyLocked, () => ChallengeAsync(credential, ChallengePurpose.ChangePin));

        _bank.Ca.ApproveUnlock(credential.Id);
        await Eventually.IsAsync(async () => (await StateAsync(credential)).State == CredentialState.Unlocking);
        var challenge = await ChallengeAsync(credential, ChallengePurpose.Unlock);
        await Refusal.IsAsync(Fault.PinWrong, () => UnlockAsync(challenge, "another1Pin"));
        Assert.Equal(CredentialState.Active, (await UnlockAsync(challenge, SignerNode.Pin)).State);
        await Refusal.IsAsync(Fault.OtpAlreadyUsed, () => UnlockAsync(challenge, SignerNode.Pin));
        await _node.CompleteAsync(await _node.BeginAsync(credential, Order.Raw("again")));
    }

    [Fact]
    public async Task An_approved_unlock_is_applied_once_however_many_nodes_hear_of_it()
    {
        await _node.StartFeedsAsync();
        var other = await _bank.StartNodeAsync();
        await other.StartFeedsAsync();
        var credential = await _node.EnrollAsync();
        await _node.Credentials.LockAsync(SignerNode.Portal, credential.Id, "lost", CancellationToken.None);
        _bank.Ca.ApproveUnlock(credential.Id);
        await Eventually.IsAsync(async () => (await StateAsync(credential)).State == CredentialState.Unlocking);
        await _node.Credentials.LockAsync(SignerNode.Portal, credential.Id, "lost again", CancellationToken.None);
        // A second, unrelated change has gone through both nodes: the first is behind both.
        var marker = await _node.EnrollAsync("目印");
        await _node.Credentials.LockAsync(SignerNode.Portal, marker.Id, "lost", CancellationToken.None);
        _bank.Ca.ApproveUnlock(marker.Id);
        await Eventually.IsAsync(async () => (await StateAsync(marker)).State == CredentialState.Unlocking);
        Assert.Equal(CredentialState.Locked, (await StateAsync(credential)).State);
        await using var db = await _node.OpenDatabaseAsync();
        var approvals = await db
            .Database.SqlQuery<int>($"select count(*)::int as \"Value\" from audit.event where action = 'credential.unlock_approved'")
            .SingleAsync();
        Assert.Equal(2, approvals);
    }

    [Fact]
    public async Task The_wrong_pin_of_attackers_side_by_side_is_never_tried_more_often_than_allowed()
    {
        var credential = await _node.EnrollAsync();
        var activations = new List<(ActivationRow Activation, string Otp)>();
        for (var i = 0; i < 12; i++)
        {
            activations.Add((await _node.BeginAsync(credential, Order.Raw($"{i}")), _bank.Mail.Code));
        }

        var faults = await Task.WhenAll(
            activations.Select(a =>
                Task.Run(async () =>
                    (await Assert.ThrowsAsync<ServiceException>(() => _node.CompleteAsync(a.Activation, a.Otp, "another1Pin"))).Fault
                )
            )
        );
        Assert.InRange(faults.Count(f => f == Fault.PinWrong), 0, 6);
        Assert.Equal(CredentialState.Locked, (await StateAsync(credential)).State);
        Assert.Equal(6, (await StateAsync(credential)).FailedAttempts);
    }

    [Fact]
    public async Task A_changed_pin_opens_and_the_old_one_does_not()
    {
        var credential = await _node.EnrollAsync();
        var challenge = await ChallengeAsync(credential, ChallengePurpose.ChangePin);
        await Refusal.IsAsync(Fault.PinRefused, () => ChangeAsync(challenge, "12345678"));
        await ChangeAsync(challenge, "kyoto5Tower9");
        var activation = await _node.BeginAsync(credential, Order.Raw());
        await Refusal.IsAsync(Fault.PinWrong, () => _node.CompleteAsync(activation));
        await _node.CompleteAsync(activation, pin: "kyoto5Tower9");

        Task<Credential> ChangeAsync(ChallengeId id, string pin) =>
            _node.Credentials.ChangePinAsync(SignerNode.Portal, id, _bank.Mail.Code, SignerNode.Pin, pin, CancellationToken.None);
    }

    [Fact]
    public async Task A_challenge_is_good_for_its_purpose_only()
    {
        var credential = await _node.EnrollAsync();
        var challenge = await ChallengeAsync(credential, ChallengePurpose.EnrollTotp);
        await Refusal.IsAsync(
            Fault.OtpNotRequested,
            () =>
                _node.Credentials.ChangePinAsync(
                    SignerNode.Portal,
                    challenge,
                    _bank.Mail.Code,
                    SignerNode.Pin,
                    "kyoto5Tower9",
                    CancellationToken.None
                )
        );
    }

    [Fact]
    public async Task An_authenticators_code_signs_and_each_step_once()
    {
        var credential = await _node.EnrollAsync();
        var challenge = await ChallengeAsync(credential, ChallengePurpose.EnrollTotp);
        var (uri, picture) = await _node.Credentials.EnrollTotpAsync(
            SignerNode.Portal,
            challenge,
            _bank.Mail.Code,
            SignerNode.Pin,
            CancellationToken.None
        );
        Assert.Equal(0x89, picture[0]);
        var seed = Base32(SecretParameter().Match(uri).Value);
        await Refusal.IsAsync(
            Fault.OtpWrong,
            () => _node.Credentials.ConfirmTotpAsync(SignerNode.Portal, credential.Id, "000000", CancellationToken.None)
        );
        var first = Totp.Code(seed, Totp.StepAt(_bank.Time.GetUtcNow()));
        await _node.Credentials.ConfirmTotpAsync(SignerNode.Portal, credential.Id, first, CancellationToken.None);

        var mails = _bank.Mail.Messages.Count;
        var activation = await _node.BeginAsync(credential, Order.Raw("一"));
        Assert.Equal(mails, _bank.Mail.Messages.Count);
        // The code that confirmed the app is used up.
        await Refusal.IsAsync(Fault.OtpWrong, () => _node.CompleteAsync(activation, first));
        _bank.Time.Advance(Totp.Step);
        var next = Totp.Code(seed, Totp.StepAt(_bank.Time.GetUtcNow()));
        await _node.CompleteAsync(activation, next);
        await _node.CompleteAsync(activation, next); // the same answer again
        var second = await _node.BeginAsync(credential, Order.Raw("二"));
        await Refusal.IsAsync(Fault.OtpWrong, () => _node.CompleteAsync(second, next));
    }

    [Fact]
    public async Task A_hold_suspends_and_its_end_restores_what_was()
    {
        await _node.StartFeedsAsync();
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        _bank.Ca.Set(credential.SerialNumber!, CertificateStanding.OnHold);
        await Eventually.IsAsync(async () => (await StateAsync(credential)).OnHold);
        await Refusal.IsAsync(Fault.ActivationBurned, () => _node.CompleteAsync(activation));
        await Refusal.IsAsync(Fault.CredentialRevoked, () => _node.BeginAsync(credential, Order.Raw()));
        _bank.Ca.Set(credential.SerialNumber!, CertificateStanding.Good);
        await Eventually.IsAsync(async () => !(await StateAsync(credential)).OnHold);
        await _node.CompleteAsync(await _node.BeginAsync(credential, Order.Raw()));
    }

    [Fact]
    public async Task Accepting_a_reissued_certificate_revokes_the_old_one_even_if_the_ca_was_away()
    {
        var old = await _node.EnrollAsync();
        var issued = await _node.EnrollUnacceptedAsync("山田花子", replaces: old.SerialNumber);
        Assert.Empty(_bank.Ca.Superseded);
        await _node.Enrollments.AcceptAsync(SignerNode.Portal, issued.Id, SignerNode.Pin, CancellationToken.None);
        _bank.Ca.Down = true;
        await Assert.ThrowsAsync<ServiceException>(() => _node.Get<Supersession>().RunAsync(CancellationToken.None));
        _bank.Ca.Down = false;
        await _node.Get<Supersession>().RunAsync(CancellationToken.None);
        await _node.Get<Supersession>().RunAsync(CancellationToken.None);
        Assert.Equal([old.SerialNumber], _bank.Ca.Superseded);
    }

    [Fact]
    public async Task Credentials_are_listed_in_pages()
    {
        var first = await _node.EnrollAsync();
        var page = await _node.Credentials.ListAsync(SignerNode.Portal, first.SubscriberId, null, 10, CancellationToken.None);
        Assert.Equal(first.Id, Assert.Single(page).Id);
        Assert.Empty(await _node.Credentials.ListAsync(SignerNode.Portal, first.SubscriberId, first.Id, 10, CancellationToken.None));
    }

    private Task<(EnrollmentRow Enrollment, OtpDelivery Otp)> BeginAsync(CertificateApplication application) =>
        _node.Enrollments.BeginAsync(SignerNode.Portal, _node.Request(), application.Id, OtpMethod.Email, "ja", CancellationToken.None);

    private Task<Credential> CompleteAsync(EnrollmentId id, string otp, string pin) =>
        _node.Enrollments.CompleteAsync(SignerNode.Portal, id, otp, pin, null, CancellationToken.None);

    private async Task<ChallengeId> ChallengeAsync(Credential credential, ChallengePurpose purpose) =>
        (await _node.Challenges.BeginAsync(SignerNode.Portal, null, credential.Id, purpose, CancellationToken.None)).Challenge.Id;

    private Task<Credential> UnlockAsync(ChallengeId challenge, string pin) =>
        _node.Credentials.ConfirmUnlockAsync(SignerNode.Portal, challenge, _bank.Mail.Code, pin, CancellationToken.None);

    private Task<Credential> StateAsync(Credential credential) =>
        _node.Credentials.GetAsync(SignerNode.Portal, credential.Id, CancellationToken.None);

    private static byte[] Base32(string text)
    {
        var bits = string.Concat(
            text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0'))
        );
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    [GeneratedRegex("(?<=secret=)[A-Z2-7]+")]
    private static partial Regex SecretParameter();
}
