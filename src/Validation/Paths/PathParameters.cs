using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Policies;

namespace EContract.Validation.Paths;

/// <summary>The inputs of path validation (RFC 5280 §6.1.1) and what the verifier wants beyond it.</summary>
public sealed record PathParameters
{
    /// <summary>The time at which the path must be valid.</summary>
    public required DateTimeOffset Time { get; init; }

    public required IReadOnlyCollection<TrustAnchor> TrustAnchors { get; init; }

    /// <summary>user-initial-policy-set: acceptable policy OIDs; null: any policy.</summary>
    public IReadOnlySet<string>? InitialPolicies { get; init; }

    /// <summary>initial-explicit-policy: the path must be valid for at least one of the acceptable policies.</summary>
    public bool InitialExplicitPolicy { get; init; }

    /// <summary>initial-policy-mapping-inhibit.</summary>
    public bool InitialPolicyMappingInhibit { get; init; }

    /// <summary>initial-any-policy-inhibit.</summary>
    public bool InitialAnyPolicyInhibit { get; init; }

    /// <summary>Whether every certificate below the anchor must be shown not to be revoked.</summary>
    public bool CheckRevocation { get; init; } = true;

    /// <summary>
    /// Instead of at <see cref="Time"/>, the certificates must have been valid together at any time (ETSI EN 319 102-1 §5.6.2.1.4: past certificate
    /// validation).
    /// </summary>
    public bool AtAnyCommonTime { get; init; }

    /// <summary>
    /// Whether the end entity's own validity is left to the caller, so that he learns whether an expired certificate is revoked, too (ETSI EN 319 102-1
    /// §5.2.6.4 steps 4 and 7).
    /// </summary>
    public bool TargetValidityApart { get; init; }

    /// <summary>What is wanted of revocation data.</summary>
    public RevocationConstraints Revocation { get; init; } = new();

    /// <summary>An extended key usage that the end entity must have, and no CA above it may exclude; null: none.</summary>
    public string? RequiredPurpose { get; init; }

    /// <summary>Says why a signature algorithm with a key is refused at <see cref="Time"/>; null or no answer: accepted.</summary>
    public Func<AlgorithmIdentifier, SubjectPublicKeyInfo, DateTimeOffset, string?>? AlgorithmPolicy { get; init; }

    /// <summary>The longest path that is tried, anchor not counted.</summary>
    public int MaxPathLength { get; init; } = 12;

    /// <summary>How many signatures a search may verify: an adversary's bag of certificates can't keep the verifier busy.</summary>
    public int MaxSignatureChecks { get; init; } = 400;
}
