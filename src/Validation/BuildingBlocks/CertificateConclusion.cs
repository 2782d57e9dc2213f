using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Paths;

namespace EContract.Validation.BuildingBlocks;

/// <summary>What X.509 certificate validation concludes, with the path that it tried last.</summary>
internal sealed record CertificateConclusion(Conclusion Conclusion, PathResult Path)
{
    /// <summary>Since when the certificate or one above it is revoked; null if none is.</summary>
    public DateTimeOffset? RevokedAt => Path.Problem is { IsHold: false } problem ? problem.RevokedAt : null;

    /// <summary>For past validation: the latest time for which the data at hand show that the path was valid.</summary>
    public DateTimeOffset? ControlTime { get; init; }

    /// <summary>Whether all certificates of the path were valid at a time.</summary>
    public bool WasWithinValidity(DateTimeOffset time) => Path.Path.All(c => c.Tbs.NotBefore <= time && time <= c.Tbs.NotAfter);

    public Certificate? Signer => Path.Path.Count > 0 ? Path.Path[^1] : null;
}
