using EContract.Signer.Activation;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>From an approved application to a credential. The subject's data are those that were approved.</summary>
public sealed class EnrollmentRow
{
    public required EnrollmentId Id { get; init; }

    public required string Caller { get; init; }

    public required string RequestId { get; init; }

    public required byte[] RequestFingerprint { get; init; }

    public required CertificateApplicationId ApplicationId { get; init; }

    public required SubscriberId SubscriberId { get; init; }

    public required EnrollmentState State { get; set; }

    public CredentialId? CredentialId { get; set; }

    public required bool Seal { get; init; }

    public required string Name { get; init; }

    public string? Email { get; init; }

    public string? Mobile { get; init; }

    /// <summary>Everything by which the approved data name an organisation; empty for a private person.</summary>
    public string[] Organisations { get; init; } = [];

    /// <summary>What the subscriber logs in with or is known by: none of it may be his PIN.</summary>
    public string[] LoginIds { get; init; } = [];

    public required OtpMethod OtpMethod { get; init; }

    public required string Language { get; init; }

    public string? ReplacesSerialNumber { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
