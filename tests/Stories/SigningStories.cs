using EContract.Proto.Signer.V1;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>R5, R6, R9: what the system is for.</summary>
[Collection(StoryGroup.Name)]
public sealed class SigningStories(LocalInstallation installation)
{
    [Fact]
    public async Task Two_parties_sign_a_contract_one_after_the_other()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var (debtor, guarantor) = (await installation.EnrolAsync(), await installation.EnrolAsync());
        var document = await portal.UploadContractAsync();
        foreach (var (party, role, y) in new[] { (debtor, "債務者", 449.0), (guarantor, "連帯保証人", 339.0) })
        {
            var begun = await portal.BeginAsync(party.CredentialId, [Signing.Item(document, role, y)]);
            var otp = await installation.CodeOfAsync(party);
            Assert.Single((await portal.CompleteAsync(begun.ActivationId, otp, party.Pin)).Items);
        }

        var signed = await portal.DownloadAsync(document);
        var original = await File.ReadAllBytesAsync(LocalInstallation.Contract);
        Assert.Equal(original, signed[..original.Length]);
        Assert.Equal(2, await installation.TrustedSignaturesAsync(signed));
    }

    [Fact]
    public async Task One_password_and_one_PIN_sign_several_documents()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var subscriber = await installation.EnrolAsync();
        string[] documents = [await portal.UploadContractAsync(), await portal.UploadContractAsync(), await portal.UploadContractAsync()];
        var begun = await portal.BeginAsync(subscriber, documents);
        var otp = await installation.CodeOfAsync(subscriber);
        var completed = await portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin);

        Assert.Equal(documents, completed.Items.Select(item => item.DocumentId));
        foreach (var document in documents)
        {
            Assert.Equal(1, await installation.TrustedSignaturesAsync(await portal.DownloadAsync(document)));
        }

        Assert.Equal(ActivationState.Consumed, (await portal.GetActivationAsync(begun.ActivationId)).State);
    }
}
