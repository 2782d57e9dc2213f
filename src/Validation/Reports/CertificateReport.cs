using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Revocation;

namespace EContract.Validation.Reports;

/// <summary>What the verdict on a certificate rests on.</summary>
public sealed record CertificateReport
{
    public required Certificate Certificate { get; init; }

    /// <summary>From the certificate that the trust anchor issued; empty if none leads to an anchor.</summary>
    public IReadOnlyList<Certificate> Chain { get; init; } = [];

    public Certificate? TrustAnchor { get; init; }

    public IReadOnlyList<RevocationEvidence> Revocation { get; init; } = [];

    /// <summary>Since when it or one above it is revoked; null if none is.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The policies under which the path is valid.</summary>
    public IReadOnlyCollection<PolicyInformation> Policies { get; init; } = [];
}
