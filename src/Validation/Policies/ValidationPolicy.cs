using EContract.Pdf.Reading;
using EContract.Validation.Paths;

namespace EContract.Validation.Policies;

/// <summary>The constraints that a validation applies (ETSI EN 319 102-1 §5.1.4). Data: read by <see cref="PolicyReader"/>, or put together by a caller.</summary>
public sealed record ValidationPolicy
{
    /// <summary>The built-in rules with no trust anchor.</summary>
    public static ValidationPolicy Default { get; } = PolicyReader.ReadBuiltIn();

    /// <summary>Named in every report.</summary>
    public required string Name { get; init; }

    public IReadOnlyList<PolicyAnchor> TrustAnchors { get; init; } = [];

    public required AlgorithmConstraints Algorithms { get; init; }

    public RevocationConstraints Revocation { get; init; } = new();

    public PathConstraints Paths { get; init; } = new();

    /// <summary>What updates may do to a PDF after a signature that does not say it itself (DocMDP).</summary>
    public ModificationLevel AllowedModification { get; init; } = ModificationLevel.FormFilling;

    /// <summary>Whether a signature must carry a valid time-stamp.</summary>
    public bool RequireTimeStamp { get; init; }

    /// <summary>How long after the claimed signing time the first time-stamp may come (ETSI EN 319 102-1 §5.5.4 step 5); null: not looked at.</summary>
    public TimeSpan? MaximumTimeStampDelay { get; init; }

    /// <summary>A copy that trusts these, too.</summary>
    public ValidationPolicy Trusting(params IEnumerable<PolicyAnchor> anchors) =>
        this with
        {
            TrustAnchors = [.. TrustAnchors, .. anchors],
        };

    internal IReadOnlyCollection<TrustAnchor> AnchorsFor(AnchorPurpose purpose) =>
        [.. TrustAnchors.Where(a => a.Purposes.HasFlag(purpose)).Select(a => a.Anchor)];
}
