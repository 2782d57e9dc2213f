using Xunit;

namespace EContract.Stories.Tests;

/// <summary>What is too old signs nothing.</summary>
[Collection(StoryGroup.Name)]
public sealed class ExpiryStories(LocalInstallation installation)
{
    [Fact]
    public async Task Expired_passwords_and_activations_sign_nothing()
    {
        await using var signer = await installation.StartSignerAsync(
            new Dictionary<string, string?>
            {
                ["Signer:Otp:Lifetime"] = "00:00:02",
                ["Signer:Otp:ResendInterval"] = "00:00:00",
                ["Signer:Signing:ActivationLifetime"] = "00:00:12",
            }
        );
        using var caller = installation.Connect("portal", signer.Port);
        var portal = caller.Portal;
        var subscriber = await installation.EnrolAsync();
        var document = await portal.UploadContractAsync();
        var begun = await portal.BeginAsync(subscriber, document);
        var otp = await installation.CodeOfAsync(subscriber);
        await UntilAsync(begun.Otp.ExpireTime.ToDateTimeOffset());
        await Signing.RefusedAsync("OTP_EXPIRED", () => portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin));
        await UntilAsync(begun.ExpireTime.ToDateTimeOffset());
        await Signing.RefusedAsync("ACTIVATION_EXPIRED", () => portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin));
        await Signing.RefusedAsync("ACTIVATION_EXPIRED", () => portal.Enrollment.ResendOtpAsync(begun.ActivationId));
        Assert.Equal(await File.ReadAllBytesAsync(LocalInstallation.Contract), await portal.DownloadAsync(document));
    }

    [Fact]
    public async Task An_expired_certificate_signs_nothing()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var (subscriber, activation, otp, notAfter) = installation.ShortLived;
        await UntilAsync(notAfter);
        await Signing.RefusedAsync("CREDENTIAL_EXPIRED", () => portal.CompleteAsync(activation, otp, subscriber.Pin));
        var document = await portal.UploadContractAsync();
        await Signing.RefusedAsync("CREDENTIAL_EXPIRED", () => portal.BeginAsync(subscriber, document));
    }

    private static async Task UntilAsync(DateTimeOffset time)
    {
        for (TimeSpan left; (left = time - TimeProvider.System.GetUtcNow()) >= TimeSpan.Zero; )
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(50));
        }
    }
}
