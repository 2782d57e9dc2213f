using Grpc.Core;

namespace EContract.Hosting.Errors;

/// <summary>
/// Everything that the service can say no with: a closed list, and the one table of reason codes and gRPC statuses.
/// The reason code is what callers program against: it is never changed or reused. docs/errors.md is this table.
/// </summary>
public enum Fault
{
    [FaultInfo(
        "The request",
        "INVALID_ARGUMENT",
        StatusCode.InvalidArgument,
        "A field of the request is missing or wrong; the field violations say which and why.",
        "Correct the named fields."
    )]
    InvalidArgument,

    [FaultInfo(
        "The request",
        "PAGE_TOKEN_INVALID",
        StatusCode.InvalidArgument,
        "The page token was not given out by this list call or belongs to another filter.",
        "Start again without a page token."
    )]
    PageTokenInvalid,

    [FaultInfo(
        "The request",
        "REQUEST_ID_REUSED",
        StatusCode.AlreadyExists,
        "The request id was used before with different content.",
        "Use a new request id for a new request."
    )]
    RequestIdReused,

    [FaultInfo(
        "The request",
        "REQUEST_IN_PROGRESS",
        StatusCode.Aborted,
        "The same request id is being worked on right now.",
        "Repeat the same call a little later; it returns the same answer."
    )]
    RequestInProgress,

    [FaultInfo(
        "The request",
        "CONCURRENT_CHANGE",
        StatusCode.Aborted,
        "Somebody else changed the same object in the meantime.",
        "Read it again and repeat the call."
    )]
    ConcurrentChange,

    [FaultInfo("The request", "ALREADY_EXISTS", StatusCode.AlreadyExists, "An object with this identity exists.", "Use the existing one.")]
    AlreadyExists,

    [FaultInfo(
        "The request",
        "NOT_IMPLEMENTED",
        StatusCode.Unimplemented,
        "This server does not hold the role that answers this call; the metadata name it (`role`), if there is one at all.",
        "Call a server that runs the role."
    )]
    NotImplemented,

    [FaultInfo(
        "The request",
        "DEADLINE_EXCEEDED",
        StatusCode.DeadlineExceeded,
        "The deadline of the call passed before there was an answer.",
        "Repeat with the same request id; accepted work is not done twice."
    )]
    DeadlineExceeded,

    [FaultInfo("The request", "CANCELLED", StatusCode.Cancelled, "The caller cancelled the call.", "Nothing, unless it was unintended.")]
    Cancelled,

    [FaultInfo(
        "The request",
        "INTERNAL",
        StatusCode.Internal,
        "A fault of the server. The correlation id finds the cause in the server's log.",
        "Report the correlation id."
    )]
    Internal,

    [FaultInfo(
        "Who calls",
        "CALLER_CERTIFICATE_REQUIRED",
        StatusCode.Unauthenticated,
        "The connection carries no client certificate.",
        "Connect with the client certificate that was issued to the caller."
    )]
    CallerCertificateRequired,

    [FaultInfo(
        "Who calls",
        "CALLER_CERTIFICATE_INVALID",
        StatusCode.Unauthenticated,
        "The client certificate is expired, not yet valid, not for client authentication, or its chain does not end in a configured anchor.",
        "Connect with a valid certificate."
    )]
    CallerCertificateInvalid,

    [FaultInfo(
        "Who calls",
        "CALLER_CERTIFICATE_REVOKED",
        StatusCode.Unauthenticated,
        "The client certificate was revoked.",
        "Ask the operator for a new certificate."
    )]
    CallerCertificateRevoked,

    [FaultInfo(
        "Who calls",
        "CALLER_REVOCATION_UNKNOWN",
        StatusCode.Unavailable,
        "The revocation state of the client certificate can't be determined just now.",
        "Repeat later."
    )]
    CallerRevocationUnknown,

    [FaultInfo(
        "Who calls",
        "CALLER_UNKNOWN",
        StatusCode.Unauthenticated,
        "No configured caller has this certificate.",
        "Have the caller configured."
    )]
    CallerUnknown,

    [FaultInfo(
        "Who calls",
        "CALLER_SUSPENDED",
        StatusCode.PermissionDenied,
        "The caller was suspended by the operator.",
        "Ask the operator."
    )]
    CallerSuspended,

    [FaultInfo(
        "Who calls",
        "ROLE_NOT_ADMITTED",
        StatusCode.PermissionDenied,
        "None of the caller's roles is admitted to this method.",
        "Call with a certificate that holds an admitted role."
    )]
    RoleNotAdmitted,

    [FaultInfo(
        "Who calls",
        "ORGANISATION_NOT_ALLOWED",
        StatusCode.PermissionDenied,
        "The caller may not act for subscribers of this organisation.",
        "Have the organisation added to the caller."
    )]
    OrganisationNotAllowed,

    [FaultInfo(
        "Who calls",
        "OPERATOR_REQUIRED",
        StatusCode.InvalidArgument,
        "The call must name the person who acts.",
        "Name the operator."
    )]
    OperatorRequired,

    [FaultInfo(
        "Who calls",
        "OPERATOR_NOT_ALLOWED",
        StatusCode.PermissionDenied,
        "The named person may not do this.",
        "Have an authorised person do it."
    )]
    OperatorNotAllowed,

    [FaultInfo(
        "Limits",
        "RATE_LIMITED",
        StatusCode.ResourceExhausted,
        "The caller's rate for this method is used up.",
        "Wait for the retry delay."
    )]
    RateLimited,

    [FaultInfo(
        "Limits",
        "CONCURRENCY_LIMITED",
        StatusCode.ResourceExhausted,
        "Too many calls of this caller or class are in progress.",
        "Wait for the retry delay."
    )]
    ConcurrencyLimited,

    [FaultInfo("Limits", "OVERLOADED", StatusCode.ResourceExhausted, "The server's queue is full.", "Wait for the retry delay.")]
    Overloaded,

    [FaultInfo(
        "Limits",
        "QUOTA_EXCEEDED",
        StatusCode.ResourceExhausted,
        "The quota of the caller or subscriber is used up.",
        "Wait, or have the quota raised."
    )]
    QuotaExceeded,

    [FaultInfo(
        "Limits",
        "REQUEST_TOO_LARGE",
        StatusCode.ResourceExhausted,
        "The message or stream is larger than allowed.",
        "Send less; the text or the metadata name the limit."
    )]
    RequestTooLarge,

    [FaultInfo(
        "Limits",
        "TOO_MANY_ITEMS",
        StatusCode.InvalidArgument,
        "The request names more items than one call may.",
        "Split the call; the limit is in the metadata."
    )]
    TooManyItems,

    [FaultInfo(
        "What the server leans on",
        "NOT_READY",
        StatusCode.Unavailable,
        "The server is starting or not healthy.",
        "Repeat later or on another node."
    )]
    NotReady,

    [FaultInfo("What the server leans on", "STOPPING", StatusCode.Unavailable, "The server is stopping.", "Repeat on another node.")]
    Stopping,

    [FaultInfo(
        "What the server leans on",
        "DATABASE_UNAVAILABLE",
        StatusCode.Unavailable,
        "The database can't be reached.",
        "Repeat with the same request id."
    )]
    DatabaseUnavailable,

    [FaultInfo(
        "What the server leans on",
        "DATABASE_CONFLICT",
        StatusCode.Aborted,
        "The database refused the transaction because of a concurrent one.",
        "Repeat with the same request id."
    )]
    DatabaseConflict,

    [FaultInfo(
        "What the server leans on",
        "TOKEN_UNAVAILABLE",
        StatusCode.Unavailable,
        "The HSM can't be reached or lost its session.",
        "Repeat with the same request id."
    )]
    TokenUnavailable,

    [FaultInfo(
        "What the server leans on",
        "TOKEN_BUSY",
        StatusCode.ResourceExhausted,
        "All HSM sessions are in use.",
        "Wait for the retry delay."
    )]
    TokenBusy,

    [FaultInfo(
        "What the server leans on",
        "TOKEN_KEY_MISSING",
        StatusCode.FailedPrecondition,
        "The HSM holds no key with the configured label.",
        "Hold the ceremony, or correct the setting."
    )]
    TokenKeyMissing,

    [FaultInfo(
        "What the server leans on",
        "TOKEN_FAULT",
        StatusCode.Internal,
        "The HSM refused an operation that it should do.",
        "Report the correlation id."
    )]
    TokenFault,

    [FaultInfo(
        "What the server leans on",
        "AUDIT_UNAVAILABLE",
        StatusCode.Unavailable,
        "The act can't be recorded, so it was not done.",
        "Repeat with the same request id."
    )]
    AuditUnavailable,

    [FaultInfo(
        "What the server leans on",
        "CA_UNAVAILABLE",
        StatusCode.Unavailable,
        "The certificate authority can't be reached.",
        "Repeat with the same request id."
    )]
    CaUnavailable,

    [FaultInfo(
        "What the server leans on",
        "TSA_UNAVAILABLE",
        StatusCode.Unavailable,
        "The time-stamp authority can't be reached or gives no time-stamp.",
        "Repeat with the same request id."
    )]
    TsaUnavailable,

    [FaultInfo(
        "What the server leans on",
        "SIGNER_UNAVAILABLE",
        StatusCode.Unavailable,
        "The signing service can't be reached.",
        "Repeat with the same request id."
    )]
    SignerUnavailable,

    [FaultInfo(
        "What the server leans on",
        "REVOCATION_SOURCE_UNAVAILABLE",
        StatusCode.Unavailable,
        "Revocation information that is needed can't be fetched.",
        "Repeat later."
    )]
    RevocationSourceUnavailable,

    [FaultInfo(
        "What the server leans on",
        "STORAGE_UNAVAILABLE",
        StatusCode.Unavailable,
        "The document store or spool can't be reached or is full.",
        "Repeat later."
    )]
    StorageUnavailable,

    [FaultInfo(
        "What the server leans on",
        "CLOCK_NOT_TRUSTED",
        StatusCode.Unavailable,
        "The clock guard can't prove the time.",
        "Repeat later; the operator sees the cause in the health report."
    )]
    ClockNotTrusted,

    [FaultInfo(
        "Registration",
        "SUBSCRIBER_DATA_MISSING",
        StatusCode.InvalidArgument,
        "Required data of the subscriber are missing; the field violations name them.",
        "Complete the application."
    )]
    SubscriberDataMissing,

    [FaultInfo(
        "Registration",
        "SUBSCRIBER_DATA_INVALID",
        StatusCode.InvalidArgument,
        "Data of the subscriber are wrong; the field violations name them.",
        "Correct the application."
    )]
    SubscriberDataInvalid,

    [FaultInfo("Registration", "SUBSCRIBER_NOT_FOUND", StatusCode.NotFound, "No subscriber has this id.", "Check the id.")]
    SubscriberNotFound,

    [FaultInfo(
        "Registration",
        "SUBSCRIBER_ALREADY_REGISTERED",
        StatusCode.AlreadyExists,
        "A subscriber with this identity is registered.",
        "Use the existing subscriber."
    )]
    SubscriberAlreadyRegistered,

    [FaultInfo(
        "Registration",
        "SUBSCRIBER_STATE_FORBIDS",
        StatusCode.FailedPrecondition,
        "The subscriber's state (pending, suspended, deleted) does not allow this.",
        "See the state in the metadata."
    )]
    SubscriberStateForbids,

    [FaultInfo("Registration", "ORGANISATION_NOT_FOUND", StatusCode.NotFound, "No organisation has this id.", "Check the id.")]
    OrganisationNotFound,

    [FaultInfo(
        "Registration",
        "ORGANISATION_ALREADY_REGISTERED",
        StatusCode.AlreadyExists,
        "The organisation is registered.",
        "Use the existing one."
    )]
    OrganisationAlreadyRegistered,

    [FaultInfo(
        "Registration",
        "PAPER_REFERENCE_MISSING",
        StatusCode.InvalidArgument,
        "The reference to the paper request is missing.",
        "Give the reference."
    )]
    PaperReferenceMissing,

    [FaultInfo(
        "Registration",
        "REASON_MISSING",
        StatusCode.InvalidArgument,
        "The reason for the operation is missing.",
        "Give the reason."
    )]
    ReasonMissing,

    [FaultInfo("Registration", "CHANGE_REQUEST_NOT_FOUND", StatusCode.NotFound, "No request for approval has this id.", "Check the id.")]
    ChangeRequestNotFound,

    [FaultInfo(
        "Registration",
        "CHANGE_REQUEST_NOT_PENDING",
        StatusCode.FailedPrecondition,
        "The request was already approved, rejected, withdrawn or has expired.",
        "Read the request; make a new one if needed."
    )]
    ChangeRequestNotPending,

    [FaultInfo(
        "Registration",
        "CHANGE_REQUEST_CONFLICT",
        StatusCode.Aborted,
        "Another request about the same object came first.",
        "Read the object again and make a new request."
    )]
    ChangeRequestConflict,

    [FaultInfo(
        "Registration",
        "MAKER_CANNOT_APPROVE",
        StatusCode.PermissionDenied,
        "The maker of a request can't approve it.",
        "Have a different person approve."
    )]
    MakerCannotApprove,

    [FaultInfo("Registration", "APPLICATION_NOT_FOUND", StatusCode.NotFound, "No certificate application has this id.", "Check the id.")]
    ApplicationNotFound,

    [FaultInfo(
        "Registration",
        "APPLICATION_NOT_APPROVED",
        StatusCode.FailedPrecondition,
        "The certificate application is not approved.",
        "Have it approved."
    )]
    ApplicationNotApproved,

    [FaultInfo(
        "Registration",
        "APPLICATION_ALREADY_USED",
        StatusCode.FailedPrecondition,
        "The application has already led to a certificate.",
        "Make a new application."
    )]
    ApplicationAlreadyUsed,

    [FaultInfo(
        "Registration",
        "APPLICATION_EXPIRED",
        StatusCode.FailedPrecondition,
        "The approval of the application has expired.",
        "Make a new application."
    )]
    ApplicationExpired,

    [FaultInfo(
        "Issuance and revocation",
        "PROFILE_UNKNOWN",
        StatusCode.InvalidArgument,
        "No certificate profile has this name.",
        "Use a configured profile."
    )]
    ProfileUnknown,

    [FaultInfo(
        "Issuance and revocation",
        "PROFILE_FORBIDS",
        StatusCode.InvalidArgument,
        "The certificate profile does not allow what was asked.",
        "See the detail; ask for what the profile allows."
    )]
    ProfileForbids,

    [FaultInfo(
        "Issuance and revocation",
        "CSR_MALFORMED",
        StatusCode.InvalidArgument,
        "The PKCS#10 request can't be decoded.",
        "Send DER according to RFC 2986."
    )]
    CsrMalformed,

    [FaultInfo(
        "Issuance and revocation",
        "PROOF_OF_POSSESSION_FAILED",
        StatusCode.InvalidArgument,
        "The signature of the certificate request does not match its public key.",
        "Sign the request with the key it names."
    )]
    ProofOfPossessionFailed,

    [FaultInfo(
        "Issuance and revocation",
        "ENROLLMENT_NOT_PROVEN",
        StatusCode.PermissionDenied,
        "No Signer's token vouches that it made this key for this application.",
        "Enrol through the Signer; only it has subscribers' keys certified."
    )]
    EnrollmentNotProven,

    [FaultInfo(
        "Issuance and revocation",
        "KEY_REFUSED",
        StatusCode.InvalidArgument,
        "The public key is malformed, weak or known to be compromised.",
        "Use another key."
    )]
    KeyRefused,

    [FaultInfo(
        "Issuance and revocation",
        "KEY_ALREADY_CERTIFIED",
        StatusCode.AlreadyExists,
        "The public key is in another certificate.",
        "Use a new key."
    )]
    KeyAlreadyCertified,

    [FaultInfo(
        "Issuance and revocation",
        "ALGORITHM_NOT_ALLOWED",
        StatusCode.InvalidArgument,
        "The algorithm or key length is not in the algorithm policy (CRYPTREC list).",
        "Use RSA of 2048 bits or more, ECDSA P-256 or P-384, SHA-256, SHA-384 or SHA-512."
    )]
    AlgorithmNotAllowed,

    [FaultInfo(
        "Issuance and revocation",
        "ALGORITHM_SUNSET",
        StatusCode.FailedPrecondition,
        "The algorithm's permitted time has ended by the algorithm policy.",
        "Use a stronger algorithm."
    )]
    AlgorithmSunset,

    [FaultInfo(
        "Issuance and revocation",
        "SUBJECT_NOT_ALLOWED",
        StatusCode.InvalidArgument,
        "The subject name or alternative name is not what the profile or the registration says.",
        "Correct the name."
    )]
    SubjectNotAllowed,

    [FaultInfo(
        "Issuance and revocation",
        "CERTIFICATE_LINT_FAILED",
        StatusCode.Internal,
        "What was about to be signed breaks a rule of the linter; nothing was signed.",
        "Report the detail; the profile is wrong."
    )]
    CertificateLintFailed,

    [FaultInfo("Issuance and revocation", "ISSUER_NOT_FOUND", StatusCode.NotFound, "No issuing CA has this name.", "Use a configured CA.")]
    IssuerNotFound,

    [FaultInfo(
        "Issuance and revocation",
        "ISSUER_NOT_ACTIVE",
        StatusCode.FailedPrecondition,
        "The issuing CA does not issue (not active yet, retired or expired).",
        "Use the active CA."
    )]
    IssuerNotActive,

    [FaultInfo(
        "Issuance and revocation",
        "ISSUANCE_VOIDED",
        StatusCode.FailedPrecondition,
        "The issuance was interrupted and voided.",
        "Repeat with a new request id."
    )]
    IssuanceVoided,

    [FaultInfo(
        "Issuance and revocation",
        "CERTIFICATE_NOT_FOUND",
        StatusCode.NotFound,
        "No certificate has this serial number or id.",
        "Check it."
    )]
    CertificateNotFound,

    [FaultInfo(
        "Issuance and revocation",
        "CERTIFICATE_EXPIRED",
        StatusCode.FailedPrecondition,
        "The certificate has expired.",
        "Apply for a new certificate."
    )]
    CertificateExpired,

    [FaultInfo(
        "Issuance and revocation",
        "CERTIFICATE_ALREADY_REVOKED",
        StatusCode.FailedPrecondition,
        "The certificate is revoked already.",
        "Nothing to do."
    )]
    CertificateAlreadyRevoked,

    [FaultInfo(
        "Issuance and revocation",
        "CERTIFICATE_NOT_ON_HOLD",
        StatusCode.FailedPrecondition,
        "The certificate is not on hold, so it can't be reinstated.",
        "Nothing to do."
    )]
    CertificateNotOnHold,

    [FaultInfo(
        "Issuance and revocation",
        "REVOCATION_REASON_INVALID",
        StatusCode.InvalidArgument,
        "The revocation reason or invalidity date is not allowed here.",
        "Use an allowed reason."
    )]
    RevocationReasonInvalid,

    [FaultInfo("Issuance and revocation", "CRL_NOT_FOUND", StatusCode.NotFound, "There is no such CRL or shard.", "Check the name.")]
    CrlNotFound,

    [FaultInfo(
        "Issuance and revocation",
        "CEREMONY_SCRIPT_INVALID",
        StatusCode.InvalidArgument,
        "The ceremony's script is wrong; the violations name every place.",
        "Correct the script and have it reviewed."
    )]
    CeremonyScriptInvalid,

    [FaultInfo(
        "Issuance and revocation",
        "CEREMONY_ALREADY_HELD",
        StatusCode.FailedPrecondition,
        "The ceremony was held already.",
        "Nothing to do."
    )]
    CeremonyAlreadyHeld,

    [FaultInfo(
        "Enrolment and credentials",
        "ENROLLMENT_NOT_FOUND",
        StatusCode.NotFound,
        "No enrolment has this id, or it belongs to another caller.",
        "Begin a new enrolment."
    )]
    EnrollmentNotFound,

    [FaultInfo(
        "Enrolment and credentials",
        "ENROLLMENT_EXPIRED",
        StatusCode.FailedPrecondition,
        "The enrolment was not completed in time.",
        "Begin a new enrolment."
    )]
    EnrollmentExpired,

    [FaultInfo(
        "Enrolment and credentials",
        "ENROLLMENT_STATE_FORBIDS",
        StatusCode.FailedPrecondition,
        "The enrolment is not at this step.",
        "Read its state."
    )]
    EnrollmentStateForbids,

    [FaultInfo(
        "Enrolment and credentials",
        "CERTIFICATE_NOT_ACCEPTED",
        StatusCode.FailedPrecondition,
        "The subscriber has not accepted the certificate yet, so the key signs nothing.",
        "Have the certificate accepted with the PIN."
    )]
    CertificateNotAccepted,

    [FaultInfo(
        "Enrolment and credentials",
        "CERTIFICATE_ALREADY_ACCEPTED",
        StatusCode.FailedPrecondition,
        "The certificate was accepted before.",
        "Nothing to do."
    )]
    CertificateAlreadyAccepted,

    [FaultInfo(
        "Enrolment and credentials",
        "CREDENTIAL_NOT_FOUND",
        StatusCode.NotFound,
        "No credential has this id, or it belongs to another caller.",
        "Check the id."
    )]
    CredentialNotFound,

    [FaultInfo(
        "Enrolment and credentials",
        "CREDENTIAL_NOT_ACTIVE",
        StatusCode.FailedPrecondition,
        "The credential can't sign in its state.",
        "See the state in the metadata."
    )]
    CredentialNotActive,

    [FaultInfo(
        "Enrolment and credentials",
        "CREDENTIAL_REVOKED",
        StatusCode.FailedPrecondition,
        "The certificate of the credential is revoked or on hold.",
        "Re-issue."
    )]
    CredentialRevoked,

    [FaultInfo(
        "Enrolment and credentials",
        "CREDENTIAL_EXPIRED",
        StatusCode.FailedPrecondition,
        "The certificate of the credential has expired.",
        "Re-issue."
    )]
    CredentialExpired,

    [FaultInfo(
        "Enrolment and credentials",
        "CREDENTIAL_KIND_MISMATCH",
        StatusCode.FailedPrecondition,
        "The credential is a person's where a seal is needed, or the other way round.",
        "Use the right credential."
    )]
    CredentialKindMismatch,

    [FaultInfo(
        "Enrolment and credentials",
        "KEY_LOCKED",
        StatusCode.FailedPrecondition,
        "The key is locked after too many wrong attempts.",
        "Have the RA unlock it after a paper request."
    )]
    KeyLocked,

    [FaultInfo(
        "Enrolment and credentials",
        "UNLOCK_NOT_APPROVED",
        StatusCode.FailedPrecondition,
        "There is no approved request to unlock this key.",
        "Have the RA approve one."
    )]
    UnlockNotApproved,

    [FaultInfo(
        "PIN and one-time password",
        "PIN_REFUSED",
        StatusCode.InvalidArgument,
        "The chosen PIN breaks the PIN policy; the detail says which rule.",
        "Choose another PIN."
    )]
    PinRefused,

    [FaultInfo(
        "PIN and one-time password",
        "PIN_WRONG",
        StatusCode.PermissionDenied,
        "The PIN is wrong. The metadata tell how many attempts are left.",
        "Enter the PIN again."
    )]
    PinWrong,

    [FaultInfo(
        "PIN and one-time password",
        "OTP_WRONG",
        StatusCode.PermissionDenied,
        "The one-time password is wrong. The metadata tell how many attempts are left.",
        "Enter the one-time password again."
    )]
    OtpWrong,

    [FaultInfo(
        "PIN and one-time password",
        "OTP_EXPIRED",
        StatusCode.FailedPrecondition,
        "The one-time password has expired.",
        "Have a new one sent."
    )]
    OtpExpired,

    [FaultInfo(
        "PIN and one-time password",
        "OTP_ALREADY_USED",
        StatusCode.FailedPrecondition,
        "The one-time password was used before.",
        "Have a new one sent, or wait for the authenticator's next one."
    )]
    OtpAlreadyUsed,

    [FaultInfo(
        "PIN and one-time password",
        "OTP_ATTEMPTS_EXHAUSTED",
        StatusCode.FailedPrecondition,
        "The one-time password was entered wrongly too often.",
        "Have a new one sent."
    )]
    OtpAttemptsExhausted,

    [FaultInfo(
        "PIN and one-time password",
        "OTP_NOT_REQUESTED",
        StatusCode.FailedPrecondition,
        "No one-time password was sent for this step.",
        "Have one sent."
    )]
    OtpNotRequested,

    [FaultInfo(
        "PIN and one-time password",
        "OTP_RESEND_LIMITED",
        StatusCode.ResourceExhausted,
        "One-time passwords were sent too often.",
        "Wait for the retry delay."
    )]
    OtpResendLimited,

    [FaultInfo(
        "PIN and one-time password",
        "OTP_DELIVERY_FAILED",
        StatusCode.Unavailable,
        "The one-time password could not be delivered.",
        "Repeat later, or use another channel."
    )]
    OtpDeliveryFailed,

    [FaultInfo(
        "PIN and one-time password",
        "OTP_CHANNEL_MISSING",
        StatusCode.FailedPrecondition,
        "The subscriber has no address for this channel.",
        "Use another channel or have the data changed."
    )]
    OtpChannelMissing,

    [FaultInfo(
        "PIN and one-time password",
        "TOTP_ALREADY_ENROLLED",
        StatusCode.AlreadyExists,
        "An authenticator is enrolled.",
        "Remove it first."
    )]
    TotpAlreadyEnrolled,

    [FaultInfo(
        "PIN and one-time password",
        "TOTP_NOT_ENROLLED",
        StatusCode.FailedPrecondition,
        "No authenticator is enrolled.",
        "Enrol one or use another channel."
    )]
    TotpNotEnrolled,

    [FaultInfo(
        "Signing",
        "ACTIVATION_NOT_FOUND",
        StatusCode.NotFound,
        "No activation has this id, or it belongs to another caller.",
        "Begin a new signing."
    )]
    ActivationNotFound,

    [FaultInfo("Signing", "ACTIVATION_EXPIRED", StatusCode.FailedPrecondition, "The activation has expired.", "Begin a new signing.")]
    ActivationExpired,

    [FaultInfo(
        "Signing",
        "ACTIVATION_BURNED",
        StatusCode.FailedPrecondition,
        "The activation was ended by a revocation, a lock or the caller.",
        "Begin a new signing when the cause is gone."
    )]
    ActivationBurned,

    [FaultInfo(
        "Signing",
        "ACTIVATION_ALREADY_COMPLETED",
        StatusCode.FailedPrecondition,
        "The activation was completed before, by another request.",
        "Fetch its results."
    )]
    ActivationAlreadyCompleted,

    [FaultInfo(
        "Signing",
        "ACTIVATION_OF_ANOTHER_CALLER",
        StatusCode.PermissionDenied,
        "The activation was begun by another caller.",
        "Complete it as the caller that began it."
    )]
    ActivationOfAnotherCaller,

    [FaultInfo(
        "Signing",
        "ACTIVATION_AMBIGUOUS",
        StatusCode.Aborted,
        "The server was interrupted while signing; what may have been signed is never released.",
        "Begin a new signing."
    )]
    ActivationAmbiguous,

    [FaultInfo(
        "Signing",
        "DIGEST_MISMATCH",
        StatusCode.InvalidArgument,
        "The digests are not those that were authorised.",
        "Begin a new signing with these digests."
    )]
    DigestMismatch,

    [FaultInfo(
        "Signing",
        "DIGEST_INVALID",
        StatusCode.InvalidArgument,
        "A digest's length does not match its algorithm, or a digest is named twice.",
        "Correct the digest."
    )]
    DigestInvalid,

    [FaultInfo(
        "Signing",
        "DIGEST_ALREADY_SIGNED",
        StatusCode.FailedPrecondition,
        "The authorised digest has been signed.",
        "Fetch its signature."
    )]
    DigestAlreadySigned,

    [FaultInfo(
        "Signing",
        "TOO_MANY_SIGNATURES",
        StatusCode.InvalidArgument,
        "More signatures are asked for than one activation may give.",
        "Split the signing."
    )]
    TooManySignatures,

    [FaultInfo(
        "Signing",
        "SIGNATURE_NOT_VERIFIED",
        StatusCode.Internal,
        "The token's signature does not verify with the certificate; it was not released.",
        "Report the correlation id."
    )]
    SignatureNotVerified,

    [FaultInfo(
        "Signing",
        "SEAL_SESSION_NOT_FOUND",
        StatusCode.NotFound,
        "No seal session has this id, or it belongs to another caller.",
        "Open a session."
    )]
    SealSessionNotFound,

    [FaultInfo(
        "Signing",
        "SEAL_SESSION_ENDED",
        StatusCode.FailedPrecondition,
        "The seal session expired, was closed, or its number of signatures is used up.",
        "Open a new session."
    )]
    SealSessionEnded,

    [FaultInfo(
        "Signing",
        "SEAL_SESSION_ELSEWHERE",
        StatusCode.FailedPrecondition,
        "The seal session lives on another node, or ended with it.",
        "Call that node, or open a new session."
    )]
    SealSessionElsewhere,

    [FaultInfo(
        "Signing",
        "PARTY_UNKNOWN",
        StatusCode.InvalidArgument,
        "The signing has no party with this role or number.",
        "Check the parties."
    )]
    PartyUnknown,

    [FaultInfo(
        "Signing",
        "PARTY_OUT_OF_TURN",
        StatusCode.FailedPrecondition,
        "Another party must sign first.",
        "Sign in the agreed order."
    )]
    PartyOutOfTurn,

    [FaultInfo("Signing", "PARTY_ALREADY_SIGNED", StatusCode.FailedPrecondition, "This party has signed in this role.", "Nothing to do.")]
    PartyAlreadySigned,

    [FaultInfo(
        "Signing",
        "SIGNATURE_LEVEL_UNAVAILABLE",
        StatusCode.FailedPrecondition,
        "The asked signature level can't be reached with what is configured.",
        "Ask for another level."
    )]
    SignatureLevelUnavailable,

    [FaultInfo(
        "Documents",
        "DOCUMENT_NOT_FOUND",
        StatusCode.NotFound,
        "No document has this id, or it belongs to another caller.",
        "Check the id."
    )]
    DocumentNotFound,

    [FaultInfo(
        "Documents",
        "DOCUMENT_NOT_READY",
        StatusCode.FailedPrecondition,
        "The document is not signed yet.",
        "Complete the signing first."
    )]
    DocumentNotReady,

    [FaultInfo(
        "Documents",
        "DOCUMENT_GONE",
        StatusCode.FailedPrecondition,
        "The document's retention on this server has ended.",
        "Use the copy that was fetched."
    )]
    DocumentGone,

    [FaultInfo(
        "Documents",
        "DOCUMENT_CHANGED",
        StatusCode.Aborted,
        "Another signing of the same version was completed first.",
        "Begin anew on the new version."
    )]
    DocumentChanged,

    [FaultInfo(
        "Documents",
        "DOCUMENT_MALFORMED",
        StatusCode.InvalidArgument,
        "The document is broken; the detail says what and where.",
        "Send a sound document."
    )]
    DocumentMalformed,

    [FaultInfo("Documents", "DOCUMENT_ENCRYPTED", StatusCode.InvalidArgument, "The document is encrypted.", "Send it without encryption.")]
    DocumentEncrypted,

    [FaultInfo(
        "Documents",
        "DOCUMENT_UNSUPPORTED",
        StatusCode.InvalidArgument,
        "The document is of a kind that can't be signed here.",
        "See the detail."
    )]
    DocumentUnsupported,

    [FaultInfo(
        "Documents",
        "DOCUMENT_TOO_LARGE",
        StatusCode.ResourceExhausted,
        "The document is larger than allowed.",
        "Send a smaller one; the limit is in the metadata."
    )]
    DocumentTooLarge,

    [FaultInfo(
        "Documents",
        "DOCUMENT_INCOMPLETE",
        StatusCode.InvalidArgument,
        "The stream ended before the document was complete, or its digest differs.",
        "Send it again."
    )]
    DocumentIncomplete,

    [FaultInfo(
        "Documents",
        "DOCUMENT_CERTIFIED",
        StatusCode.FailedPrecondition,
        "The certification signature (DocMDP) does not permit this change.",
        "Nothing can be added to this document."
    )]
    DocumentCertified,

    [FaultInfo(
        "Documents",
        "DOCUMENT_FIELD_LOCKED",
        StatusCode.FailedPrecondition,
        "An earlier signature (FieldMDP) locks this field.",
        "Use another field."
    )]
    DocumentFieldLocked,

    [FaultInfo(
        "Documents",
        "SIGNATURE_FIELD_NOT_FOUND",
        StatusCode.InvalidArgument,
        "The document has no signature field of this name.",
        "Check the name, or let a field be made."
    )]
    SignatureFieldNotFound,

    [FaultInfo(
        "Documents",
        "SIGNATURE_FIELD_FILLED",
        StatusCode.FailedPrecondition,
        "The signature field is signed already.",
        "Use another field."
    )]
    SignatureFieldFilled,

    [FaultInfo(
        "Documents",
        "PLACEMENT_INVALID",
        StatusCode.InvalidArgument,
        "The page or rectangle is outside the document.",
        "Correct the placement."
    )]
    PlacementInvalid,

    [FaultInfo(
        "Documents",
        "APPEARANCE_INVALID",
        StatusCode.InvalidArgument,
        "The appearance can't be drawn (text too long for its box, image not readable, glyph missing).",
        "See the detail."
    )]
    AppearanceInvalid,

    [FaultInfo(
        "Time-stamps",
        "TIMESTAMP_REQUEST_MALFORMED",
        StatusCode.InvalidArgument,
        "The time-stamp request can't be decoded.",
        "Send a TimeStampReq according to RFC 3161."
    )]
    TimestampRequestMalformed,

    [FaultInfo(
        "Time-stamps",
        "TIMESTAMP_REFUSED",
        StatusCode.FailedPrecondition,
        "The time-stamp authority refused; the detail gives its PKIFailureInfo.",
        "See the detail."
    )]
    TimestampRefused,

    [FaultInfo(
        "Time-stamps",
        "TIMESTAMP_POLICY_UNKNOWN",
        StatusCode.InvalidArgument,
        "The policy is not served here.",
        "Use a served policy or none."
    )]
    TimestampPolicyUnknown,

    [FaultInfo(
        "Time-stamps",
        "TIME_NOT_AVAILABLE",
        StatusCode.Unavailable,
        "The declared accuracy can't be proven, so no time-stamp is issued.",
        "Repeat later."
    )]
    TimeNotAvailable,

    [FaultInfo(
        "Validation and archive",
        "SIGNATURE_NOT_FOUND",
        StatusCode.InvalidArgument,
        "There is no signature of this name in what was sent.",
        "Check the name."
    )]
    SignatureNotFound,

    [FaultInfo(
        "Validation and archive",
        "SIGNATURE_MALFORMED",
        StatusCode.InvalidArgument,
        "The signature, certificate or time-stamp token can't be decoded.",
        "See the detail."
    )]
    SignatureMalformed,

    [FaultInfo(
        "Validation and archive",
        "EVIDENCE_BROKEN",
        StatusCode.FailedPrecondition,
        "What should be preserved does not validate, so it is not stamped.",
        "Ask to preserve it as evidence, if that is meant."
    )]
    EvidenceBroken,

    [FaultInfo(
        "Validation and archive",
        "VALIDATION_DATA_MISSING",
        StatusCode.FailedPrecondition,
        "Certificates or revocation information needed for this level can't be found.",
        "Supply them or allow fetching."
    )]
    ValidationDataMissing,

    [FaultInfo(
        "Validation and archive",
        "TRUST_ANCHOR_MISSING",
        StatusCode.FailedPrecondition,
        "The chain does not end in a configured trust anchor.",
        "Configure the anchor."
    )]
    TrustAnchorMissing,

    [FaultInfo(
        "Validation and archive",
        "FETCH_FORBIDDEN",
        StatusCode.PermissionDenied,
        "The address may not be fetched from (not allowed, or private).",
        "Allow it by configuration."
    )]
    FetchForbidden,

    [FaultInfo(
        "Validation and archive",
        "ARCHIVE_DOCUMENT_NOT_FOUND",
        StatusCode.NotFound,
        "The register has no such document.",
        "Check the id or digest."
    )]
    ArchiveDocumentNotFound,

    [FaultInfo(
        "Validation and archive",
        "ARCHIVE_DOCUMENT_ALREADY_REGISTERED",
        StatusCode.AlreadyExists,
        "The document is registered.",
        "Nothing to do."
    )]
    ArchiveDocumentAlreadyRegistered,

    [FaultInfo(
        "Validation and archive",
        "EVIDENCE_RECORD_MALFORMED",
        StatusCode.InvalidArgument,
        "The evidence record can't be decoded.",
        "Send an EvidenceRecord according to RFC 4998."
    )]
    EvidenceRecordMalformed,

    [FaultInfo(
        "Validation and archive",
        "EVIDENCE_RECORD_NOT_FOUND",
        StatusCode.NotFound,
        "There is no evidence record for this digest yet.",
        "Wait for the batch."
    )]
    EvidenceRecordNotFound,

    [FaultInfo("Validation and archive", "ARCHIVE_JOB_NOT_FOUND", StatusCode.NotFound, "No archive job has this id.", "Check the id.")]
    ArchiveJobNotFound,

    [FaultInfo(
        "Validation and archive",
        "ARCHIVE_JOB_STATE_FORBIDS",
        StatusCode.FailedPrecondition,
        "The archive job is not in a state that allows this.",
        "Read its state."
    )]
    ArchiveJobStateForbids,

    [FaultInfo("Audit", "AUDIT_RECORD_NOT_FOUND", StatusCode.NotFound, "There is no such audit record.", "Check the id.")]
    AuditRecordNotFound,

    [FaultInfo("Audit", "AUDIT_CHECKPOINT_NOT_FOUND", StatusCode.NotFound, "There is no such checkpoint.", "Check the number.")]
    AuditCheckpointNotFound,

    [FaultInfo(
        "Audit",
        "AUDIT_NOT_CHECKPOINTED",
        StatusCode.FailedPrecondition,
        "The record is not covered by a checkpoint yet.",
        "Wait for the next checkpoint."
    )]
    AuditNotCheckpointed,

    [FaultInfo(
        "Audit",
        "AUDIT_EVIDENCE_INCOMPLETE",
        StatusCode.FailedPrecondition,
        "Part of what the evidence needs is missing or was erased.",
        "See the detail."
    )]
    AuditEvidenceIncomplete,
}
