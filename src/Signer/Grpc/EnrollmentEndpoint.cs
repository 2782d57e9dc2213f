using EContract.Hosting.Errors;
using EContract.Proto.Signer.V1;
using EContract.Signer.Activation;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using Google.Protobuf;
using Grpc.Core;

namespace EContract.Signer.Grpc;

/// <summary>EnrollmentService on the wire.</summary>
internal sealed class EnrollmentEndpoint(
    EnrollmentDesk enrollments,
    CredentialDesk credentials,
    ChallengeDesk challenges,
    SigningDesk signings,
    SignerOptions settings
) : EnrollmentService.EnrollmentServiceBase
{
    public override async Task<BeginEnrollmentResponse> BeginEnrollment(BeginEnrollmentRequest request, ServerCallContext context)
    {
        var (enrollment, otp) = await enrollments.BeginAsync(
            context.Origin(),
            Reading.Key(context, request.RequestId, request),
            Reading.Id<CertificateApplicationId>(request.ApplicationId, "application_id"),
            Reading.Method(request.OtpMethod),
            Reading.Language(request.Language),
            context.CancellationToken
        );
        return new BeginEnrollmentResponse { EnrollmentId = enrollment.Id.Value, Otp = otp.ToWire() };
    }

    public override async Task<CompleteEnrollmentResponse> CompleteEnrollment(CompleteEnrollmentRequest request, ServerCallContext context)
    {
        var credential = await enrollments.CompleteAsync(
            context.Origin(),
            Reading.Id<EnrollmentId>(request.EnrollmentId, "enrollment_id"),
            request.Otp,
            request.Pin,
            Reading.Algorithm(request.KeyAlgorithm),
            context.CancellationToken
        );
        return new CompleteEnrollmentResponse { Credential = ToWire(credential) };
    }

    public override async Task<AcceptCertificateResponse> AcceptCertificate(AcceptCertificateRequest request, ServerCallContext context)
    {
        var id = Reading.Id<CredentialId>(request.CredentialId, "credential_id");
        var credential = await enrollments.AcceptAsync(context.Origin(), id, request.Pin, context.CancellationToken);
        return new AcceptCertificateResponse { Credential = ToWire(credential) };
    }

    public override async Task<ResendOtpResponse> ResendOtp(ResendOtpRequest request, ServerCallContext context)
    {
        var (call, token) = (context.Origin(), context.CancellationToken);
        var otp = request.Id switch
        {
            var id when Identity.Names<EnrollmentId>(id) => await enrollments.ResendAsync(call, new EnrollmentId(id), token),
            var id when Identity.Names<ActivationId>(id) => await signings.ResendAsync(call, new ActivationId(id), token),
            var id when Identity.Names<ChallengeId>(id) => await challenges.ResendAsync(call, new ChallengeId(id), token),
            _ => throw new ServiceException(Fault.OtpNotRequested, "There is no enrolment, activation or challenge with this id."),
        };
        return new ResendOtpResponse { Otp = otp.ToWire() };
    }

    public override async Task<GetCredentialResponse> GetCredential(GetCredentialRequest request, ServerCallContext context)
    {
        var id = Reading.Id<CredentialId>(request.CredentialId, "credential_id");
        return new GetCredentialResponse
        {
            Credential = ToWire(await credentials.GetAsync(context.Origin(), id, context.CancellationToken)),
        };
    }

    public override async Task<ListCredentialsResponse> ListCredentials(ListCredentialsRequest request, ServerCallContext context)
    {
        var subscriber = Reading.Id<SubscriberId>(request.SubscriberId, "subscriber_id");
        if (request.PageToken.Length > 0 && !Identity.Names<CredentialId>(request.PageToken))
        {
            throw new ServiceException(Fault.PageTokenInvalid, "The page token was not given out by this call.");
        }

        CredentialId? after = request.PageToken.Length == 0 ? null : new CredentialId(request.PageToken);
        var page = await credentials.ListAsync(context.Origin(), subscriber, after, request.PageSize, context.CancellationToken);
        var response = new ListCredentialsResponse();
        response.Credentials.AddRange(page.Select(ToWire));
        response.NextPageToken = request.PageSize > 0 && page.Count == request.PageSize ? page[^1].Id.Value : "";
        return response;
    }

    public override async Task<BeginChallengeResponse> BeginChallenge(BeginChallengeRequest request, ServerCallContext context)
    {
        var (challenge, otp) = await challenges.BeginAsync(
            context.Origin(),
            null,
            Reading.Id<CredentialId>(request.CredentialId, "credential_id"),
            Reading.Purpose(request.Purpose),
            context.CancellationToken
        );
        return new BeginChallengeResponse { ChallengeId = challenge.Id.Value, Otp = otp.ToWire() };
    }

    public override async Task<ChangePinResponse> ChangePin(ChangePinRequest request, ServerCallContext context)
    {
        var credential = await credentials.ChangePinAsync(
            context.Origin(),
            Reading.Id<ChallengeId>(request.ChallengeId, "challenge_id"),
            request.Otp,
            request.OldPin,
            request.NewPin,
            context.CancellationToken
        );
        return new ChangePinResponse { Credential = ToWire(credential) };
    }

    public override async Task<LockCredentialResponse> LockCredential(LockCredentialRequest request, ServerCallContext context)
    {
        var id = Reading.Id<CredentialId>(request.CredentialId, "credential_id");
        var reason = Reading.Required(request.Reason, "reason");
        return new LockCredentialResponse
        {
            Credential = ToWire(await credentials.LockAsync(context.Origin(), id, reason, context.CancellationToken)),
        };
    }

    public override async Task<ConfirmUnlockResponse> ConfirmUnlock(ConfirmUnlockRequest request, ServerCallContext context)
    {
        var id = Reading.Id<ChallengeId>(request.ChallengeId, "challenge_id");
        var credential = await credentials.ConfirmUnlockAsync(context.Origin(), id, request.Otp, request.Pin, context.CancellationToken);
        return new ConfirmUnlockResponse { Credential = ToWire(credential) };
    }

    public override async Task<EnrollTotpResponse> EnrollTotp(EnrollTotpRequest request, ServerCallContext context)
    {
        var id = Reading.Id<ChallengeId>(request.ChallengeId, "challenge_id");
        var (uri, picture) = await credentials.EnrollTotpAsync(context.Origin(), id, request.Otp, request.Pin, context.CancellationToken);
        return new EnrollTotpResponse { OtpauthUri = uri, QrCodePng = ByteString.CopyFrom(picture) };
    }

    public override async Task<ConfirmTotpResponse> ConfirmTotp(ConfirmTotpRequest request, ServerCallContext context)
    {
        var id = Reading.Id<CredentialId>(request.CredentialId, "credential_id");
        return new ConfirmTotpResponse
        {
            Credential = ToWire(await credentials.ConfirmTotpAsync(context.Origin(), id, request.Code, context.CancellationToken)),
        };
    }

    private Credential ToWire(Store.Credential credential) => credential.ToWire(settings.Attempts.Allowed);
}
