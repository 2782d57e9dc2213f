using EContract.Client;
using EContract.Proto.Ra.V1;
using Grpc.Core;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>R1, R8: who may do what.</summary>
[Collection(StoryGroup.Name)]
public sealed class CallerStories(LocalInstallation installation)
{
    [Fact]
    public async Task Another_portal_sees_neither_activation_nor_document()
    {
        using var caller = installation.Connect("portal");
        using var other = installation.Connect("load");
        var subscriber = await installation.EnrolAsync();
        var document = await caller.Portal.UploadContractAsync();
        var begun = await caller.Portal.BeginAsync(subscriber, document);
        var otp = await installation.CodeOfAsync(subscriber);

        await Signing.RefusedAsync("ACTIVATION_NOT_FOUND", () => other.Portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin));
        await Signing.RefusedAsync("ACTIVATION_NOT_FOUND", () => other.Portal.CancelAsync(begun.ActivationId));
        await Signing.RefusedAsync("DOCUMENT_NOT_FOUND", () => other.Portal.DownloadAsync(document));
        await caller.Portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin);
    }

    [Fact]
    public async Task A_caller_without_certificate_gets_no_answer()
    {
        using var nobody = installation.Connect(null);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => nobody.Portal.GetActivationAsync("act-1"));
        Assert.Contains(refused.StatusCode, new[] { StatusCode.Unauthenticated, StatusCode.Unavailable });
    }

    [Theory]
    [InlineData("auditor")]
    [InlineData("ra-maker")]
    [InlineData("archive")]
    public async Task Only_portals_sign(string name)
    {
        using var caller = installation.Connect(name);
        var subscriber = await installation.EnrolAsync();
        using var portal = installation.Connect("portal");
        var document = await portal.Portal.UploadContractAsync();
        var refused = await Signing.RefusedAsync("ROLE_NOT_ADMITTED", () => caller.Portal.BeginAsync(subscriber, document));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task A_maker_approves_no_change_of_his_own()
    {
        var subscriber = await installation.EnrolAsync();
        var revoke = new RevokeCertificate { SerialNumber = subscriber.SerialNumber, Reason = "keyCompromise" };
        var change = await installation.SubmitAsync(new ChangeOperation { Revoke = revoke });
        await Signing.RefusedAsync("ROLE_NOT_ADMITTED", () => installation.ApproveAsync(change, "ra-maker"));
        // The caller "admin" holds both roles here: the person counts, not the role.
        var own = await installation.SubmitAsync(new ChangeOperation { Revoke = revoke }, "admin");
        await Signing.RefusedAsync("MAKER_CANNOT_APPROVE", () => installation.ApproveAsync(own, "admin"));
    }
}
