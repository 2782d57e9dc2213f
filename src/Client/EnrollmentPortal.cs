using EContract.Proto.Signer.V1;
using Grpc.Core;

namespace EContract.Client;

/// <summary>A subscriber's key and certificate: made, accepted, changed, locked and unlocked.</summary>
public sealed class EnrollmentPortal
{
    private readonly EnrollmentService.EnrollmentServiceClient _enrollment;

    internal EnrollmentPortal(EnrollmentService.EnrollmentServiceClient enrollment) => _enrollment = enrollment;

    /// <summary>For an approved application: the subscriber gets his one-time password.</summary>
    public Task<BeginEnrollmentResponse> BeginAsync(
        string applicationId,
        OtpMethod method = OtpMethod.Email,
        string language = "ja",
        CancellationToken cancellationToken = default
    )
    {
        var request = new BeginEnrollmentRequest
        {
            RequestId = RequestIds.New(),
            ApplicationId = applicationId,
            OtpMethod = method,
            Language = language,
        };
        return CallAsync(options => _enrollment.BeginEnrollmentAsync(request, options), cancellationToken);
    }

    /// <summary>Makes the key under the PIN that the subscriber chose, and has it certified.</summary>
    /// <param name="keyAlgorithm">RSA_2048, RSA_3072, EC_P256 or EC_P384; empty: the server's default.</param>
    public async Task<Credential> CompleteAsync(
        string enrollmentId,
        string otp,
        string pin,
        string keyAlgorithm = "",
        CancellationToken cancellationToken = default
    )
    {
        var request = new CompleteEnrollmentRequest
        {
            EnrollmentId = enrollmentId,
            Otp = otp,
            Pin = pin,
            KeyAlgorithm = keyAlgorithm,
        };
        return (await CallAsync(options => _enrollment.CompleteEnrollmentAsync(request, options), cancellationToken)).Credential;
    }

    /// <summary>The subscriber has seen the certificate and accepts it with his PIN.</summary>
    public async Task<Credential> AcceptAsync(string credentialId, string pin, CancellationToken cancellationToken = default)
    {
        var request = new AcceptCertificateRequest { CredentialId = credentialId, Pin = pin };
        return (await CallAsync(options => _enrollment.AcceptCertificateAsync(request, options), cancellationToken)).Credential;
    }

    /// <summary>Sends the one-time password of an enrolment, activation or challenge again.</summary>
    public async Task<OtpDelivery> ResendOtpAsync(string id, CancellationToken cancellationToken = default) =>
        (await CallAsync(options => _enrollment.ResendOtpAsync(new ResendOtpRequest { Id = id }, options), cancellationToken)).Otp;

    public async Task<Credential> GetAsync(string credentialId, CancellationToken cancellationToken = default)
    {
        var request = new GetCredentialRequest { CredentialId = credentialId };
        return (await CallAsync(options => _enrollment.GetCredentialAsync(request, options), cancellationToken)).Credential;
    }

    /// <summary>All credentials of a subscriber, page by page.</summary>
    public async IAsyncEnumerable<Credential> ListAsync(
        string subscriberId,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = new ListCredentialsRequest { SubscriberId = subscriberId, PageSize = 100 };
        do
        {
            var page = await CallAsync(options => _enrollment.ListCredentialsAsync(request, options), cancellationToken);
            foreach (var credential in page.Credentials)
            {
                yield return credential;
            }

            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
    }

    /// <summary>Has the one-time password sent that <see cref="ChangePinAsync"/>, <see cref="ConfirmUnlockAsync"/> or <see cref="EnrollTotpAsync"/> asks for.</summary>
    public Task<BeginChallengeResponse> ChallengeAsync(
        string credentialId,
        ChallengePurpose purpose,
        CancellationToken cancellationToken = default
    )
    {
        var request = new BeginChallengeRequest { CredentialId = credentialId, Purpose = purpose };
        return CallAsync(options => _enrollment.BeginChallengeAsync(request, options), cancellationToken);
    }

    public async Task<Credential> ChangePinAsync(
        string challengeId,
        string otp,
        string oldPin,
        string newPin,
        CancellationToken cancellationToken = default
    )
    {
        var request = new ChangePinRequest
        {
            ChallengeId = challengeId,
            Otp = otp,
            OldPin = oldPin,
            NewPin = newPin,
        };
        return (await CallAsync(options => _enrollment.ChangePinAsync(request, options), cancellationToken)).Credential;
    }

    /// <summary>Locks at once.</summary>
    public async Task<Credential> LockAsync(string credentialId, string reason, CancellationToken cancellationToken = default)
    {
        var request = new LockCredentialRequest { CredentialId = credentialId, Reason = reason };
        return (await CallAsync(options => _enrollment.LockCredentialAsync(request, options), cancellationToken)).Credential;
    }

    /// <summary>The subscriber confirms an unlock that the RA approved.</summary>
    public async Task<Credential> ConfirmUnlockAsync(
        string challengeId,
        string otp,
        string pin,
        CancellationToken cancellationToken = default
    )
    {
        var request = new ConfirmUnlockRequest
        {
            ChallengeId = challengeId,
            Otp = otp,
            Pin = pin,
        };
        return (await CallAsync(options => _enrollment.ConfirmUnlockAsync(request, options), cancellationToken)).Credential;
    }

    /// <summary>The URI and QR code for an authenticator app.</summary>
    public Task<EnrollTotpResponse> EnrollTotpAsync(
        string challengeId,
        string otp,
        string pin,
        CancellationToken cancellationToken = default
    )
    {
        var request = new EnrollTotpRequest
        {
            ChallengeId = challengeId,
            Otp = otp,
            Pin = pin,
        };
        return CallAsync(options => _enrollment.EnrollTotpAsync(request, options), cancellationToken);
    }

    /// <summary>The app's first code makes it the way to one-time passwords.</summary>
    public async Task<Credential> ConfirmTotpAsync(string credentialId, string code, CancellationToken cancellationToken = default)
    {
        var request = new ConfirmTotpRequest { CredentialId = credentialId, Code = code };
        return (await CallAsync(options => _enrollment.ConfirmTotpAsync(request, options), cancellationToken)).Credential;
    }

    private static Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken) =>
        RefusedException.TranslateAsync(() => call(new CallOptions(cancellationToken: cancellationToken)).ResponseAsync);
}
