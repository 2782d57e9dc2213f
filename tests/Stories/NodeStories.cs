using EContract.Proto.Signer.V1;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>Two Signers on one database and one token, the second in a process of its own with the other roles as peers over mutual TLS.</summary>
[Collection(StoryGroup.Name)]
public sealed class NodeStories(LocalInstallation installation)
{
    [Fact]
    public async Task Any_node_finishes_what_another_began()
    {
        await using var second = await installation.StartSignerAsync();
        using var here = installation.Connect("portal");
        using var there = installation.Connect("portal", second.Port);
        var (debtor, guarantor) = (await installation.EnrolAsync(), await installation.EnrolAsync());

        var document = await here.Portal.UploadContractAsync();
        var begun = await there.Portal.BeginAsync(debtor, document);
        var otp = await installation.CodeOfAsync(debtor);
        var completed = await here.Portal.CompleteAsync(begun.ActivationId, otp, debtor.Pin);
        // The answer is the same wherever it is asked for again.
        Assert.Equal(completed, await there.Portal.CompleteAsync(begun.ActivationId, otp, debtor.Pin));

        var next = await here.Portal.BeginAsync(guarantor.CredentialId, [Signing.Item(document, "連帯保証人", 339)]);
        await there.Portal.CompleteAsync(next.ActivationId, await installation.CodeOfAsync(guarantor), guarantor.Pin);
        var signed = await here.Portal.DownloadAsync(document);
        Assert.Equal(signed, await there.Portal.DownloadAsync(document));
        Assert.Equal(2, await installation.TrustedSignaturesAsync(signed));
    }

    [Fact]
    public async Task Completions_on_two_nodes_at_once_sign_once()
    {
        await using var second = await installation.StartSignerAsync();
        using var here = installation.Connect("portal");
        using var there = installation.Connect("portal", second.Port);
        var subscriber = await installation.EnrolAsync();
        var document = await here.Portal.UploadContractAsync();
        var begun = await here.Portal.BeginAsync(subscriber, document);
        var otp = await installation.CodeOfAsync(subscriber);
        // ECDSA is randomised: two signings would differ.
        var answers = await Task.WhenAll(
            new[] { here, there, here, there }.Select(node => node.Portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin))
        );
        Assert.Single(answers.Distinct());
        Assert.Equal(1, await installation.TrustedSignaturesAsync(await there.Portal.DownloadAsync(document)));
    }

    [Fact]
    public async Task A_seal_stays_on_the_node_that_opened_it()
    {
        await using var second = await installation.StartSignerAsync();
        using var here = installation.Connect("portal");
        using var there = installation.Connect("portal", second.Port);
        var bank = await installation.EnrolAsync(seal: true);
        var challenge = await there.Portal.BeginSealAsync(bank.CredentialId);
        var otp = await installation.CodeOfAsync(bank);
        await using var seal = await there.Portal.OpenSealAsync(challenge.ChallengeId, otp, bank.Pin, 5, TimeSpan.FromMinutes(5));
        var document = await here.Portal.UploadContractAsync();
        Assert.Single(await seal.SignAsync([Signing.Item(document, "貸主", 559)]));
        var request = new SealSignRequest { RequestId = "elsewhere", SessionId = seal.SessionId };
        request.Items.Add(Signing.Item(document, "貸主", 559));
        await Signing.RefusedAsync("SEAL_SESSION_ELSEWHERE", () => here.SealAsync(request));
    }
}
