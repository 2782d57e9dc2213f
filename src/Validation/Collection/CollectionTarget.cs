using EContract.Pki.X509;

namespace EContract.Validation.Collection;

/// <summary>A certificate whose signature is to stay verifiable.</summary>
/// <param name="SignedAt">When it is known to have signed: by the earliest time-stamp, or what the time-stamp itself says.</param>
/// <param name="IsSigner">A person's or organisation's, to whom the policy's freshness applies; else a time-stamp unit's or responder's.</param>
public sealed record CollectionTarget(Certificate Certificate, DateTimeOffset SignedAt, bool IsSigner);
