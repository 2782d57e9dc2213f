using EContract.Signer.Activation;
using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>A one-time password asked for by a caller for one purpose and one credential.</summary>
public sealed class Challenge
{
    public required ChallengeId Id { get; init; }

    public required string Caller { get; init; }

    /// <summary>The caller's own name for it, where he gave one: repeated, it is the same challenge.</summary>
    public string? RequestId { get; init; }

    public required CredentialId CredentialId { get; init; }

    public required ChallengePurpose Purpose { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Done what it was for: never again.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}
