using EContract.Client;
using EContract.Grpc.InProcess;
using EContract.Proto.Signer.V1;
using EContract.Signer.Enrollment;
using EContract.Signer.Grpc;
using EContract.Signer.Tests.Rig;
using Google.Protobuf;
using Xunit;
using CredentialState = EContract.Proto.Signer.V1.CredentialState;

namespace EContract.Signer.Tests.Grpc;

/// <summary>A caller with a limit to organisations (<c>Callers:n:Organisations</c>) has to do with their subscribers only.</summary>
[Collection(TokenTests.Name)]
public sealed class OrganisationTests(TokenFixture token) : IAsyncLifetime
{
    private const string Own = "株式会社支店";
    private const string OwnNumber = "7000012050002";
    private const string Other = "株式会社他行";

    private Bank _bank = null!;
    private SignerNode _node = null!;
    private Desk _branch = null!;
    private Desk _portal = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _node = await _bank.StartNodeAsync();
        _branch = Connect("branch", Own, OwnNumber);
        _portal = Connect("portal");
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task Its_own_organisations_seal_is_enrolled_listed_and_signs()
    {
        var application = _bank.Ca.Approve(Own, seal: true, organisations: [Own, OwnNumber]);
        var credential = await EnrollAsync(_branch, application);
        Assert.Equal(CredentialState.Active, credential.State);
        Assert.Equal(
            credential.CredentialId,
            Assert
                .Single((await _branch.Enrollment.ListCredentialsAsync(new() { SubscriberId = credential.SubscriberId })).Credentials)
                .CredentialId
        );
        var begun = await _branch.Signing.BeginSigningAsync(Digest(credential.CredentialId));
        var done = await _branch.Signing.CompleteSigningAsync(
            new CompleteSigningRequest
            {
                ActivationId = begun.ActivationId,
                Otp = _bank.Mail.Code,
                Pin = SignerNode.Pin,
            }
        );
        Assert.NotEmpty(done.Items[0].Signature);
    }

    public static TheoryData<string[]> Foreign() => new(new[] { Other }, new[] { Own, Other }, Array.Empty<string>());

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task An_application_of_somebody_else_is_refused_and_nobody_gets_a_mail(string[] organisations)
    {
        var application = _bank.Ca.Approve("山田太郎", organisations: organisations);
        await RefusedAsync(() => _branch.Enrollment.BeginEnrollmentAsync(Begin(application)).ResponseAsync);
        Assert.Empty(_bank.Mail.Messages);
    }

    [Fact]
    public async Task A_credential_of_somebody_else_is_neither_seen_nor_used_nor_locked_and_no_attempt_is_lost()
    {
        var credential = await EnrollAsync(_portal, _bank.Ca.Approve(Other, seal: true, organisations: [Other]));
        var id = credential.CredentialId;
        var mails = _bank.Mail.Messages.Count;
        await RefusedAsync(() => _branch.Enrollment.GetCredentialAsync(new() { CredentialId = id }).ResponseAsync);
        await RefusedAsync(() => _branch.Enrollment.ListCredentialsAsync(new() { SubscriberId = credential.SubscriberId }).ResponseAsync);
        await RefusedAsync(() => _branch.Enrollment.LockCredentialAsync(new() { CredentialId = id, Reason = "paper" }).ResponseAsync);
        await RefusedAsync(() => _branch.Enrollment.ConfirmTotpAsync(new() { CredentialId = id, Code = "000000" }).ResponseAsync);
        await RefusedAsync(() =>
            _branch.Enrollment.BeginChallengeAsync(new() { CredentialId = id, Purpose = ChallengePurpose.ChangePin }).ResponseAsync
        );
        await RefusedAsync(() => _branch.Signing.BeginSigningAsync(Digest(id)).ResponseAsync);
        await RefusedAsync(() =>
            _branch
                .Signing.OpenSealSessionAsync(
                    new()
                    {
                        CredentialId = id,
                        RequestId = Guid.NewGuid().ToString("N"),
                        MaxSignatures = 1,
                        MaxMinutes = 1,
                    }
                )
                .ResponseAsync
        );
        Assert.Equal(mails, _bank.Mail.Messages.Count);

        var issued = await IssueAsync(_portal, _bank.Ca.Approve(Other, seal: true, organisations: [Other]));
        await RefusedAsync(() =>
            _branch.Enrollment.AcceptCertificateAsync(new() { CredentialId = issued.CredentialId, Pin = "wrong-1" }).ResponseAsync
        );
        var seen = (await _portal.Enrollment.GetCredentialAsync(new() { CredentialId = issued.CredentialId })).Credential;
        Assert.Equal((CredentialState.Issued, 0), (seen.State, seen.FailedAttempts));
    }

    [Fact]
    public async Task A_limit_that_comes_in_between_counts()
    {
        var begun = await _branch.Enrollment.BeginEnrollmentAsync(
            Begin(_bank.Ca.Approve(Own, seal: true, organisations: [Own, OwnNumber]))
        );
        var request = new CompleteEnrollmentRequest
        {
            EnrollmentId = begun.EnrollmentId,
            Otp = _bank.Mail.Code,
            Pin = SignerNode.Pin,
        };
        await RefusedAsync(() => Connect("branch", Other).Enrollment.CompleteEnrollmentAsync(request).ResponseAsync);
        await _branch.Enrollment.CompleteEnrollmentAsync(request);
    }

    private static async Task RefusedAsync<T>(Func<Task<T>> call) =>
        Assert.Equal(
            "ORGANISATION_NOT_ALLOWED",
            (await Assert.ThrowsAsync<RefusedException>(() => RefusedException.TranslateAsync(call))).Reason
        );

    private static BeginEnrollmentRequest Begin(CertificateApplication application) =>
        new() { RequestId = Guid.NewGuid().ToString("N"), ApplicationId = application.Id.Value };

    private static BeginSigningRequest Digest(string credential) =>
        new()
        {
            RequestId = Guid.NewGuid().ToString("N"),
            CredentialId = credential,
            Items =
            {
                new SignatureItem
                {
                    Digest = new DigestSignature
                    {
                        Name = "契約書",
                        DigestAlgorithm = "SHA-256",
                        Digest = ByteString.CopyFrom(new byte[32]),
                        Format = SignatureFormat.Raw,
                    },
                },
            },
        };

    private async Task<Credential> IssueAsync(Desk desk, CertificateApplication application)
    {
        var begun = await desk.Enrollment.BeginEnrollmentAsync(Begin(application));
        var completed = await desk.Enrollment.CompleteEnrollmentAsync(
            new CompleteEnrollmentRequest
            {
                EnrollmentId = begun.EnrollmentId,
                Otp = _bank.Mail.Code,
                Pin = SignerNode.Pin,
                KeyAlgorithm = "RSA_2048",
            }
        );
        return completed.Credential;
    }

    private async Task<Credential> EnrollAsync(Desk desk, CertificateApplication application)
    {
        var issued = await IssueAsync(desk, application);
        var request = new AcceptCertificateRequest { CredentialId = issued.CredentialId, Pin = SignerNode.Pin };
        return (await desk.Enrollment.AcceptCertificateAsync(request)).Credential;
    }

    private Desk Connect(string caller, params string[] organisations)
    {
        var options = new InProcessServerOptions();
        options.Interceptors.Add(new TestEdge(caller, organisations));
        var server = new InProcessServer(options).AddService(_node.Get<EnrollmentEndpoint>()).AddService(_node.Get<SigningEndpoint>());
        var channel = server.CreateChannel(new InProcessCaller(caller));
        return new Desk(new EnrollmentService.EnrollmentServiceClient(channel), new SigningService.SigningServiceClient(channel));
    }

    private sealed record Desk(EnrollmentService.EnrollmentServiceClient Enrollment, SigningService.SigningServiceClient Signing);
}
