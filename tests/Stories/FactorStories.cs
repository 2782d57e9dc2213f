using EContract.Client;
using EContract.Proto.Ra.V1;
using EContract.Proto.Signer.V1;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>R5, R7: wrong and used factors, locked and unlocked keys.</summary>
[Collection(StoryGroup.Name)]
public sealed class FactorStories(LocalInstallation installation)
{
    [Fact]
    public async Task Six_wrong_PINs_lock_the_key_until_the_RA_and_the_subscriber_open_it()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var subscriber = await installation.EnrolAsync();
        var document = await portal.UploadContractAsync();
        // One code may be entered five times, so six guesses need two activations.
        await GuessAsync(portal, subscriber, document, 5, last: "PIN_WRONG");
        await GuessAsync(portal, subscriber, document, 1, last: "KEY_LOCKED");
        Assert.Equal(CredentialState.Locked, (await portal.Enrollment.GetAsync(subscriber.CredentialId)).State);
        await Signing.RefusedAsync("KEY_LOCKED", () => portal.BeginAsync(subscriber, document));

        var unlock = new UnlockCredential { CredentialId = subscriber.CredentialId, SubscriberId = subscriber.Id };
        await installation.DecideAsync(new ChangeOperation { Unlock = unlock });
        await portal.WaitForAsync(subscriber.CredentialId, CredentialState.Unlocking);
        await Signing.RefusedAsync("KEY_LOCKED", () => portal.BeginAsync(subscriber, document));
        var challenge = await portal.Enrollment.ChallengeAsync(subscriber.CredentialId, ChallengePurpose.Unlock);
        var otp = await installation.CodeOfAsync(subscriber);
        await portal.Enrollment.ConfirmUnlockAsync(challenge.ChallengeId, otp, subscriber.Pin);

        var begun = await portal.BeginAsync(subscriber, document);
        var completed = await portal.CompleteAsync(begun.ActivationId, await installation.CodeOfAsync(subscriber), subscriber.Pin);
        Assert.Single(completed.Items);
    }

    [Fact]
    public async Task A_used_password_opens_nothing_else()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var subscriber = await installation.EnrolAsync();
        var document = await portal.UploadContractAsync();
        var first = await portal.BeginAsync(subscriber, document);
        var used = await installation.CodeOfAsync(subscriber);
        await portal.CompleteAsync(first.ActivationId, used, subscriber.Pin);

        var second = await portal.BeginAsync(subscriber, await portal.UploadContractAsync());
        var fresh = await installation.CodeOfAsync(subscriber);
        await Signing.RefusedAsync("OTP_WRONG", () => portal.CompleteAsync(second.ActivationId, used, subscriber.Pin));
        await Signing.RefusedAsync("OTP_ALREADY_USED", () => portal.CompleteAsync(first.ActivationId, fresh, subscriber.Pin));
        await portal.CompleteAsync(second.ActivationId, fresh, subscriber.Pin);
    }

    [Fact]
    public async Task Another_subscribers_password_is_wrong()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var (mine, other) = (await installation.EnrolAsync(), await installation.EnrolAsync());
        var document = await portal.UploadContractAsync();
        var begun = await portal.BeginAsync(mine, document);
        await portal.BeginAsync(other, document);
        var stolen = await installation.CodeOfAsync(other);
        await Signing.RefusedAsync("OTP_WRONG", () => portal.CompleteAsync(begun.ActivationId, stolen, mine.Pin));
    }

    [Fact]
    public async Task A_certificate_revoked_after_the_beginning_signs_nothing()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var subscriber = await installation.EnrolAsync();
        var document = await portal.UploadContractAsync();
        var begun = await portal.BeginAsync(subscriber, document);
        var otp = await installation.CodeOfAsync(subscriber);
        var revoke = new RevokeCertificate { SerialNumber = subscriber.SerialNumber, Reason = "keyCompromise" };
        await installation.DecideAsync(new ChangeOperation { Revoke = revoke });

        var refused = await Assert.ThrowsAsync<RefusedException>(() => portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin));
        // The authority says so itself, or its feed has ended the activation already.
        Assert.Contains(refused.Reason, new[] { "CREDENTIAL_REVOKED", "ACTIVATION_BURNED" });
        Assert.Equal(await File.ReadAllBytesAsync(LocalInstallation.Contract), await portal.DownloadAsync(document));
        await portal.WaitForAsync(subscriber.CredentialId, CredentialState.Revoked);
    }

    [Fact]
    public async Task A_forgotten_PIN_is_never_recovered_but_the_certificate_replaced()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var old = await installation.EnrolAsync();
        var document = await portal.UploadContractAsync();
        var waiting = await portal.BeginAsync(old, document);
        var unused = await installation.CodeOfAsync(old);
        var revoke = new RevokeCertificate { SerialNumber = old.SerialNumber, Reason = "superseded" };
        await installation.DecideAsync(new ChangeOperation { Revoke = revoke });
        var apply = new ApplyForCertificate { SubscriberId = old.Id, CertificateProfile = "subscriber-individual" };
        var application = await installation.DecideAsync(new ChangeOperation { Apply = apply });
        var renewed = await installation.EnrolAsync(new Registered(old.Id, application.ApplicationId, old.Email));

        Assert.NotEqual((old.CredentialId, old.SerialNumber), (renewed.CredentialId, renewed.SerialNumber));
        await portal.WaitForAsync(old.CredentialId, CredentialState.Revoked);
        await Signing.RefusedAsync("CREDENTIAL_REVOKED", () => portal.BeginAsync(old, document));
        // What was begun with the old key can't be finished, neither with the old PIN nor with the new one.
        await Signing.RefusedAsync("ACTIVATION_BURNED", () => portal.CompleteAsync(waiting.ActivationId, unused, old.Pin));
        var begun = await portal.BeginAsync(renewed, document);
        var otp = await installation.CodeOfAsync(renewed);
        await Signing.RefusedAsync("PIN_WRONG", () => portal.CompleteAsync(begun.ActivationId, otp, old.Pin));
        await portal.CompleteAsync(begun.ActivationId, otp, renewed.Pin);
        Assert.Equal(1, await installation.TrustedSignaturesAsync(await portal.DownloadAsync(document)));
    }

    private async Task GuessAsync(SigningPortal portal, Subscriber subscriber, string document, int times, string last)
    {
        var begun = await portal.BeginAsync(subscriber, document);
        var otp = await installation.CodeOfAsync(subscriber);
        for (var i = 1; i <= times; i++)
        {
            var guess = installation.NewPin();
            var reason = i == times ? last : "PIN_WRONG";
            await Signing.RefusedAsync(reason, () => portal.CompleteAsync(begun.ActivationId, otp, guess));
        }
    }
}
