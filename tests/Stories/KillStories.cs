using EContract.Client;
using EContract.Proto.Signer.V1;
using Grpc.Core;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>
/// R6: a Signer kills itself (SIGKILL) at each step of the cycle, and another one goes on with what it left behind. Each authorised digest
/// is signed at most once and at most one result is released: docs/signing-cycle.md.
/// </summary>
[Collection(StoryGroup.Name)]
public sealed class KillStories(LocalInstallation installation)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("ActivationStored")]
    [InlineData("OtpStored")]
    public async Task Killed_while_beginning(string point)
    {
        using var survivor = installation.Connect("portal");
        var subscriber = await installation.EnrolAsync();
        var document = await survivor.Portal.UploadContractAsync();
        var request = Guid.NewGuid().ToString("N");
        await KillAsync(point, doomed => doomed.BeginAsync(subscriber.CredentialId, [Signing.Item(document, "債務者")], "ja", request));

        var begun = await survivor.Portal.BeginAsync(subscriber.CredentialId, [Signing.Item(document, "債務者")], "ja", request);
        await CompleteAsync(survivor.Portal, begun.ActivationId, subscriber, await installation.CodeOfAsync(subscriber), document);
    }

    [Theory]
    [InlineData("AttemptCounted")]
    [InlineData("FactorsRight")]
    public async Task Killed_before_the_reservation_the_repeated_call_signs(string point)
    {
        using var survivor = installation.Connect("portal");
        var (subscriber, document, activation, otp) = await BeginAsync(survivor.Portal);
        await KillAsync(point, doomed => doomed.CompleteAsync(activation, otp, subscriber.Pin));
        Assert.Equal(1, (await survivor.Portal.Enrollment.GetAsync(subscriber.CredentialId)).FailedAttempts);
        await CompleteAsync(survivor.Portal, activation, subscriber, otp, document);
        Assert.Equal(0, (await survivor.Portal.Enrollment.GetAsync(subscriber.CredentialId)).FailedAttempts);
    }

    [Theory]
    [InlineData("Reserved")]
    [InlineData("Signed")]
    public async Task Killed_between_reservation_and_storing_nothing_is_ever_released(string point)
    {
        using var survivor = installation.Connect("portal");
        var (subscriber, document, activation, otp) = await BeginAsync(survivor.Portal);
        await KillAsync(point, doomed => doomed.CompleteAsync(activation, otp, subscriber.Pin));
        await Signing.RefusedAsync("ACTIVATION_AMBIGUOUS", () => survivor.Portal.CompleteAsync(activation, otp, subscriber.Pin));
        await Signing.RefusedAsync("ACTIVATION_AMBIGUOUS", () => survivor.Portal.CompleteAsync(activation, otp, subscriber.Pin));
        Assert.Equal(await File.ReadAllBytesAsync(LocalInstallation.Contract), await survivor.Portal.DownloadAsync(document));
        // The subscriber is asked again.
        var again = await survivor.Portal.BeginAsync(subscriber, document);
        await CompleteAsync(survivor.Portal, again.ActivationId, subscriber, await installation.CodeOfAsync(subscriber), document);
    }

    [Theory]
    [InlineData("SignaturesStored")]
    [InlineData("Timestamped")]
    [InlineData("ResultStored")]
    public async Task Killed_after_storing_the_signatures_the_repeated_call_gets_the_result(string point)
    {
        using var survivor = installation.Connect("portal");
        var (subscriber, document, activation, otp) = await BeginAsync(survivor.Portal);
        await KillAsync(point, doomed => doomed.CompleteAsync(activation, otp, subscriber.Pin));
        await CompleteAsync(survivor.Portal, activation, subscriber, otp, document);
    }

    [Theory]
    [InlineData("KeyStored")]
    [InlineData("CertificateIssued")]
    public async Task Killed_while_enrolling_there_is_one_key_with_one_certificate(string point)
    {
        using var survivor = installation.Connect("portal");
        var enrollment = survivor.Portal.Enrollment;
        var person = await installation.RegisterAsync();
        var begun = await enrollment.BeginAsync(person.ApplicationId);
        var otp = await installation.Outbox.NextCodeAsync(person.Email);
        var pin = installation.NewPin();
        await KillAsync(point, doomed => doomed.Enrollment.CompleteAsync(begun.EnrollmentId, otp, pin, "EC_P256"));

        var credential = await enrollment.CompleteAsync(begun.EnrollmentId, otp, pin, "EC_P256");
        await enrollment.AcceptAsync(credential.CredentialId, pin);
        var known = new List<Credential>();
        await foreach (var found in enrollment.ListAsync(person.SubscriberId))
        {
            known.Add(found);
        }

        Assert.Equal((CredentialState.Active, credential.SerialNumber), (Assert.Single(known).State, known[0].SerialNumber));
    }

    [Fact]
    public async Task Killed_and_started_again_it_goes_on_itself()
    {
        using var main = installation.Connect("portal");
        var (subscriber, document, activation, otp) = await BeginAsync(main.Portal);
        var (port, httpPort) = await KillAsync("SignaturesStored", doomed => doomed.CompleteAsync(activation, otp, subscriber.Pin));
        await using var again = await installation.StartSignerAsync(Lease, port, httpPort);
        using var caller = installation.Connect("portal", again.Port);
        await CompleteAsync(caller.Portal, activation, subscriber, otp, document);
    }

    // The killed one holds what it reserved no longer than this.
    private static Dictionary<string, string?> Lease => new() { ["Signer:Signing:ReservationLease"] = "00:00:02" };

    /// <summary>A call to a Signer that dies at this point of it.</summary>
    private async Task<(int Port, int HttpPort)> KillAsync(string point, Func<SigningPortal, Task> call)
    {
        var settings = Lease;
        settings["Signer:Signing:KillAt"] = point;
        await using var doomed = await installation.StartSignerAsync(settings);
        using var caller = installation.Connect("portal", doomed.Port);
        var broken = await Assert.ThrowsAsync<RefusedException>(() => call(caller.Portal));
        Assert.Equal((StatusCode.Unavailable, ""), (broken.StatusCode, broken.Reason));
        Assert.Equal(128 + 9, await doomed.DeathAsync());
        return (doomed.Port, doomed.HttpPort);
    }

    private async Task<(Subscriber Subscriber, string Document, string Activation, string Otp)> BeginAsync(SigningPortal portal)
    {
        var subscriber = await installation.EnrolAsync();
        var document = await portal.UploadContractAsync();
        var begun = await portal.BeginAsync(subscriber, document);
        return (subscriber, document, begun.ActivationId, await installation.CodeOfAsync(subscriber));
    }

    /// <summary>Twice, with one answer and one signature.</summary>
    private async Task CompleteAsync(SigningPortal portal, string activation, Subscriber subscriber, string otp, string document)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var first = await portal.CompleteAsync(activation, otp, subscriber.Pin, timeout.Token);
        Assert.Equal(first, await portal.CompleteAsync(activation, otp, subscriber.Pin, timeout.Token));
        var signed = await portal.DownloadAsync(document);
        Assert.Equal(1, await installation.TrustedSignaturesAsync(signed));
        Assert.Equal(2, first.Items[0].Version);
    }
}
