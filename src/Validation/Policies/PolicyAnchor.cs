using EContract.Validation.Paths;

namespace EContract.Validation.Policies;

/// <summary>A trust anchor and what it is trusted for.</summary>
public sealed record PolicyAnchor(TrustAnchor Anchor, AnchorPurpose Purposes = AnchorPurpose.All);
