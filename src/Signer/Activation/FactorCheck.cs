using EContract.Signer.Enrollment;
using EContract.Signer.Identities;

namespace EContract.Signer.Activation;

/// <summary>What is to be proved with which factors.</summary>
/// <param name="CredentialId">Whose PIN.</param>
/// <param name="Required">The state that the credential must be in.</param>
/// <param name="OtpSubject">Enrolment, activation or challenge whose one-time password is asked for; null: the PIN alone.</param>
/// <param name="Otp">As entered.</param>
/// <param name="Pin">As entered; not kept.</param>
public sealed record FactorCheck(CredentialId CredentialId, CredentialState Required, string? OtpSubject, string? Otp, SecretBytes Pin);
