using EContract.Pdf.Reading;

namespace EContract.Validation.Policies;

/// <summary>A policy as it is written in JSON (docs/operations.md). What a file leaves out is as in the built-in policy.</summary>
internal sealed record PolicyFile
{
    public string? Name { get; init; }

    public IReadOnlyList<AlgorithmConstraint>? Keys { get; init; }

    public IReadOnlyList<AlgorithmConstraint>? Hashes { get; init; }

    public IReadOnlyList<AnchorEntry>? TrustAnchors { get; init; }

    public RevocationEntry? Revocation { get; init; }

    public PathEntry? Paths { get; init; }

    public ModificationLevel? AllowedModification { get; init; }

    public bool? RequireTimeStamp { get; init; }

    /// <summary>Seconds.</summary>
    public int? MaximumTimeStampDelay { get; init; }

    /// <param name="File">DER or PEM, relative to the policy's own file.</param>
    /// <param name="Purposes">signing, timeStamping; none named: both.</param>
    internal sealed record AnchorEntry(string File, IReadOnlyList<AnchorPurpose>? Purposes);

    /// <param name="MaximumAge">Seconds.</param>
    internal sealed record RevocationEntry(bool? Required, int? MaximumAge, PastStatus? PastStatus);

    internal sealed record PathEntry(
        IReadOnlyList<string>? AcceptablePolicies,
        bool RequireExplicitPolicy,
        bool InhibitPolicyMapping,
        bool InhibitAnyPolicy
    );
}
