using EContract.Client;
using EContract.Proto.Ra.V1;
using EContract.Proto.Signer.V1;
using EContract.TestKit;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>What the Signer leans on is down: refused with a clear reason, nothing lost, and it goes on by itself when the other is back.</summary>
[Collection(StoryGroup.Name)]
public sealed class OutageStories(LocalInstallation installation)
{
    [Fact]
    public async Task Time_stamp_authority_down()
    {
        await using var tsa = new Relay(installation.Port);
        await using var signer = await installation.StartSignerAsync(Through("Peers:Tsa", tsa));
        using var caller = installation.Connect("portal", signer.Port);
        var portal = caller.Portal;
        var subscriber = await installation.EnrolAsync();
        var document = await portal.UploadContractAsync();
        tsa.Cut();
        // Told before the subscriber is asked for anything.
        await Signing.RefusedAsync("TSA_UNAVAILABLE", () => portal.BeginAsync(subscriber, document));
        tsa.Mend();
        var begun = await portal.BeginAsync(subscriber, document);
        var otp = await installation.CodeOfAsync(subscriber);
        tsa.Cut();
        await Signing.RefusedAsync("TSA_UNAVAILABLE", () => portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin));
        Assert.Equal(ActivationState.Reserved, (await portal.GetActivationAsync(begun.ActivationId)).State);
        tsa.Mend();
        // The stored signature gets its time-stamp; the key is not used again.
        await portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin);
        Assert.Equal(1, await installation.TrustedSignaturesAsync(await portal.DownloadAsync(document)));
    }

    [Fact]
    public async Task Certificate_authority_down()
    {
        await using var ca = new Relay(installation.Port);
        await using var signer = await installation.StartSignerAsync(Through("Peers:Ca", ca));
        using var caller = installation.Connect("portal", signer.Port);
        var portal = caller.Portal;
        var person = await installation.RegisterAsync();
        var pin = installation.NewPin();
        ca.Cut();
        await Signing.RefusedAsync("CA_UNAVAILABLE", () => portal.Enrollment.BeginAsync(person.ApplicationId));
        ca.Mend();
        var enrollment = await portal.Enrollment.BeginAsync(person.ApplicationId);
        var otp = await installation.Outbox.NextCodeAsync(person.Email);
        ca.Cut();
        await Signing.RefusedAsync("CA_UNAVAILABLE", () => portal.Enrollment.CompleteAsync(enrollment.EnrollmentId, otp, pin, "EC_P256"));
        ca.Mend();
        // The key that was made gets its certificate.
        var credential = await portal.Enrollment.CompleteAsync(enrollment.EnrollmentId, otp, pin, "EC_P256");
        await portal.Enrollment.AcceptAsync(credential.CredentialId, pin);

        var document = await portal.UploadContractAsync();
        var begun = await portal.BeginAsync(credential.CredentialId, [Signing.Item(document, "債務者")]);
        var code = await installation.Outbox.NextCodeAsync(person.Email);
        ca.Cut();
        // R12: nothing is signed while nobody can say that the certificate is not revoked.
        await Signing.RefusedAsync("CA_UNAVAILABLE", () => portal.CompleteAsync(begun.ActivationId, code, pin));
        ca.Mend();
        await portal.CompleteAsync(begun.ActivationId, code, pin);
        Assert.Equal(1, await installation.TrustedSignaturesAsync(await portal.DownloadAsync(document)));
        // The feeds have come back too: a lock that the RA ends is heard of.
        await portal.Enrollment.LockAsync(credential.CredentialId, "story");
        var unlock = new UnlockCredential { CredentialId = credential.CredentialId, SubscriberId = person.SubscriberId };
        await installation.DecideAsync(new ChangeOperation { Unlock = unlock });
        await portal.WaitForAsync(credential.CredentialId, CredentialState.Unlocking);
    }

    [Fact]
    public async Task Mail_server_down()
    {
        await using var mail = await MailServer.StartAsync();
        await using var wire = new Relay(mail.Port);
        await using var signer = await installation.StartSignerAsync(
            new Dictionary<string, string?>
            {
                ["Signer:Delivery:PickupDirectory"] = null,
                ["Signer:Delivery:Smtp:Host"] = "127.0.0.1",
                ["Signer:Delivery:Smtp:Port"] = $"{wire.Port}",
                ["Signer:Delivery:Smtp:Security"] = "None",
            }
        );
        using var caller = installation.Connect("portal", signer.Port);
        var subscriber = await installation.EnrolAsync();
        var document = await caller.Portal.UploadContractAsync();
        var request = Guid.NewGuid().ToString("N");
        wire.Cut();
        await Signing.RefusedAsync("OTP_DELIVERY_FAILED", BeginAsync);
        wire.Mend();
        // The same request is the same activation, and now the code arrives.
        var begun = await BeginAsync();
        var code = Outbox.CodeIn(await mail.NextAsync());
        installation.Remember(code);
        await caller.Portal.CompleteAsync(begun.ActivationId, code, subscriber.Pin);
        Assert.Equal(1, await installation.TrustedSignaturesAsync(await caller.Portal.DownloadAsync(document)));

        Task<BeginSigningResponse> BeginAsync() =>
            caller.Portal.BeginAsync(subscriber.CredentialId, [Signing.Item(document, "債務者")], "ja", request);
    }

    private static Dictionary<string, string?> Through(string peer, Relay relay) => new() { [peer] = $"https://127.0.0.1:{relay.Port}" };
}
