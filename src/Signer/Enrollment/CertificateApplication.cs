using EContract.Signer.Identities;

namespace EContract.Signer.Enrollment;

/// <summary>An application for a certificate with the subject's data as they were approved.</summary>
/// <param name="Seal">For an organisation's seal.</param>
/// <param name="Name">氏名, or the organisation's registered name.</param>
/// <param name="Mobile">E.164.</param>
/// <param name="LoginIds">What the subscriber may log in with or is known by.</param>
public sealed record CertificateApplication(
    CertificateApplicationId Id,
    SubscriberId SubscriberId,
    ApplicationStanding Standing,
    bool Seal,
    string Name,
    string? Email,
    string? Mobile,
    string[] LoginIds,
    string? ReplacesSerialNumber
)
{
    /// <summary>Everything by which the data name an organisation; empty for a private person.</summary>
    public string[] Organisations { get; init; } = [];
}
