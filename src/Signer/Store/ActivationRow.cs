using EContract.Signer.Identities;
using EContract.Signer.Signing;

namespace EContract.Signer.Store;

/// <summary>One consent: exactly the digests of its items, this credential, this caller, until it expires (R6).</summary>
public sealed class ActivationRow
{
    public required ActivationId Id { get; init; }

    public required string Caller { get; init; }

    public required string RequestId { get; init; }

    public required byte[] RequestFingerprint { get; init; }

    public required CredentialId CredentialId { get; init; }

    public required SubscriberId SubscriberId { get; init; }

    public required ActivationState State { get; set; }

    /// <summary>Set when an open seal takes the place of one-time password and PIN.</summary>
    public SealSessionId? SealSessionId { get; init; }

    public BurnCause? BurnCause { get; set; }

    public required string Language { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The completion that holds the reservation; another one may take over when <see cref="LeaseUntil"/> has passed.</summary>
    public Guid? Reservation { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>When every signature value was stored: from here on a completion only goes on, it never signs again.</summary>
    public DateTimeOffset? SignedAt { get; set; }

    public List<ActivationItem> Items { get; init; } = [];
}
