using EContract.Pki.X509;

namespace EContract.Validation.Collection;

/// <summary>A certificate whose signature is to stay verifiable.</summary>
/// <param name="NeededAt">
/// The time that revocation data must speak of: for a signer when his signature is known to have existed; for a time-stamp unit when the next
/// time-stamp proves its own, now where none does yet (ETSI EN 319 102-1 §5.6.2.2: older data move the control time back behind that proof).
/// </param>
/// <param name="IsSigner">A person's or organisation's, to whom the policy's freshness applies; else a time-stamp unit's or responder's.</param>
public sealed record CollectionTarget(Certificate Certificate, DateTimeOffset NeededAt, bool IsSigner);
