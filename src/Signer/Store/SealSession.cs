using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>An opened seal. The key itself is a session object on the node that opened it.</summary>
public sealed class SealSession
{
    public required SealSessionId Id { get; init; }

    public required ChallengeId ChallengeId { get; init; }

    public required string Caller { get; init; }

    public required CredentialId CredentialId { get; init; }

    /// <summary>The process that holds the key.</summary>
    public required Guid Node { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Counted down when digests are reserved, not when they are signed.</summary>
    public required int SignaturesLeft { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }
}
