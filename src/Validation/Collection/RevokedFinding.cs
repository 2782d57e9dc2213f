using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Validation.Collection;

/// <summary>The collected data say that a certificate is revoked. What follows from it is the judge's business.</summary>
public sealed record RevokedFinding(Certificate Certificate, DateTimeOffset RevokedAt, CrlReason? Reason);
