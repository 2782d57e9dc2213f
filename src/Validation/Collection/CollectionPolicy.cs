using EContract.Validation.Paths;

namespace EContract.Validation.Collection;

/// <summary>What is to be collected.</summary>
public sealed record CollectionPolicy
{
    public required IReadOnlyCollection<TrustAnchor> TrustAnchors { get; init; }

    /// <summary>For the signer's own certificate. Authorities' certificates and time-stamp units are always judged as <see cref="RevocationFreshness.AtSignature"/>.</summary>
    public RevocationFreshness Freshness { get; init; } = RevocationFreshness.AtSignature;

    /// <summary>How long after the signature data must be made, with <see cref="RevocationFreshness.AfterSignature"/>.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.Zero;

    /// <summary>How much another clock may be ahead of ours.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest chain, anchor not counted.</summary>
    public int MaxChainLength { get; init; } = 10;
}
