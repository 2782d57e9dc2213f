namespace EContract.Validation.Policies;

/// <summary>The policy inputs of path validation (RFC 5280 §6.1.1) for signers' certificates.</summary>
public sealed record PathConstraints
{
    /// <summary>Acceptable certificate policies; null: any.</summary>
    public IReadOnlySet<string>? AcceptablePolicies { get; init; }

    public bool RequireExplicitPolicy { get; init; }

    public bool InhibitPolicyMapping { get; init; }

    public bool InhibitAnyPolicy { get; init; }
}
