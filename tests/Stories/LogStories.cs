using Xunit;

namespace EContract.Stories.Tests;

/// <summary>R8: what is written down about all this. The installation looks again when all stories are over.</summary>
[Collection(StoryGroup.Name)]
public sealed class LogStories(LocalInstallation installation)
{
    [Fact]
    public async Task No_PIN_and_no_password_is_in_any_log()
    {
        using var caller = installation.Connect("portal");
        var subscriber = await installation.EnrolAsync();
        var begun = await caller.Portal.BeginAsync(subscriber, await caller.Portal.UploadContractAsync());
        var otp = await installation.CodeOfAsync(subscriber);
        var wrong = installation.NewPin();
        await Signing.RefusedAsync("PIN_WRONG", () => caller.Portal.CompleteAsync(begun.ActivationId, otp, wrong));
        await caller.Portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin);
        Assert.True(installation.RequireNoSecretsInLogs() > 0);
    }
}
