using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Revocation;

namespace EContract.Validation.Paths;

/// <summary>The outcome of path validation: a valid path, or the problem of the path that came nearest.</summary>
public sealed record PathResult
{
    /// <summary>Null if the path is valid.</summary>
    public PathProblem? Problem { get; init; }

    public bool IsValid => Problem is null;

    public TrustAnchor? Anchor { get; init; }

    /// <summary>From the certificate that the anchor issued to the end entity; empty if names lead to no anchor.</summary>
    public IReadOnlyList<Certificate> Path { get; init; } = [];

    /// <summary>The policies under which the path is valid (user-constrained policy set, RFC 9618 §5.6); holds anyPolicy if any is.</summary>
    public IReadOnlyCollection<PolicyInformation> Policies { get; init; } = [];

    /// <summary>The revocation data that the result rests on.</summary>
    public IReadOnlyList<RevocationEvidence> Revocation { get; init; } = [];
}
