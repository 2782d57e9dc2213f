using EContract.Client;
using EContract.Proto.Signer.V1;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>R6: the server is killed in the middle of work and started again on the state that it left.</summary>
[Collection(StoryGroup.Name)]
public sealed class CrashStories(LocalInstallation installation)
{
    // Below the six attempts that lock a key: each call that was cut off may have cost one.
    private const int AtOnce = 4;

    [Fact]
    public async Task A_killed_server_loses_nothing_that_it_answered_and_signs_nothing_twice()
    {
        var subscriber = await installation.EnrolAsync();
        string document;
        byte[] signed;
        CompleteSigningResponse answer;
        var open = new List<(string Activation, string Otp, string Document, Task<CompleteSigningResponse> Call)>();
        BeginSigningResponse begun;
        string otp;
        using (var caller = installation.Connect("portal"))
        {
            var portal = caller.Portal;
            document = await portal.UploadContractAsync();
            begun = await portal.BeginAsync(subscriber, document);
            otp = await installation.CodeOfAsync(subscriber);
            answer = await portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin);
            signed = await portal.DownloadAsync(document);

            var waiting = new List<(string Activation, string Otp, string Document)>();
            for (var i = 0; i < AtOnce; i++)
            {
                var upload = await portal.UploadContractAsync();
                var activation = await portal.BeginAsync(subscriber, upload);
                waiting.Add((activation.ActivationId, await installation.CodeOfAsync(subscriber), upload));
            }

            open.AddRange(
                waiting.Select(w => (w.Activation, w.Otp, w.Document, portal.CompleteAsync(w.Activation, w.Otp, subscriber.Pin)))
            );
            await Task.WhenAny(open.Select(o => o.Call));
            await installation.KillServerAndRestartAsync();
        }

        using var again = installation.Connect("portal");
        var credential = await again.Portal.Enrollment.GetAsync(subscriber.CredentialId);
        Assert.Equal((CredentialState.Active, subscriber.SerialNumber), (credential.State, credential.SerialNumber));
        Assert.Equal(signed, await again.Portal.DownloadAsync(document));
        Assert.Equal(answer, await again.Portal.CompleteAsync(begun.ActivationId, otp, subscriber.Pin));
        foreach (var (activation, code, upload, call) in open)
        {
            await RetryAsync(again.Portal, subscriber, activation, code, upload, await AnswerAsync(call));
        }
    }

    /// <summary>The same answer, or a first one, or a refusal that will not change.</summary>
    private async Task RetryAsync(
        SigningPortal portal,
        Subscriber subscriber,
        string activation,
        string otp,
        string document,
        CompleteSigningResponse? first
    )
    {
        try
        {
            var retried = await portal.CompleteAsync(activation, otp, subscriber.Pin);
            Assert.True(first is null || first.Equals(retried));
            Assert.Equal(1, await installation.TrustedSignaturesAsync(await portal.DownloadAsync(document)));
        }
        catch (RefusedException e)
        {
            Assert.Null(first);
            Assert.Equal("ACTIVATION_AMBIGUOUS", e.Reason);
            Assert.Equal(await File.ReadAllBytesAsync(LocalInstallation.Contract), await portal.DownloadAsync(document));
        }
    }

    private static async Task<CompleteSigningResponse?> AnswerAsync(Task<CompleteSigningResponse> call)
    {
        try
        {
            return await call;
        }
        catch (RefusedException)
        {
            // Its connection broke.
            return null;
        }
    }
}
