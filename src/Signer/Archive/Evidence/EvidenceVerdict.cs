using EContract.Pki.Ers;

namespace EContract.Signer.Archive.Evidence;

/// <summary>What a record proves, with its time-stamps' signatures.</summary>
/// <param name="Check">The hashes: from the document to the last time-stamp.</param>
/// <param name="BrokenTimeStamp">
/// The first time-stamp (from 0, over all chains) that its certificate did not sign, or whose certificate had ended when it was
/// renewed (or has ended now), or leads to no configured trust anchor; null when there is none.
/// </param>
/// <param name="Detail">Why it is broken; null when none is.</param>
/// <param name="RenewBy">When the last time-stamp's certificate ends.</param>
public sealed record EvidenceVerdict(EvidenceCheck Check, int? BrokenTimeStamp, string? Detail, DateTimeOffset? RenewBy)
{
    public bool IsValid => Check.IsIntact && BrokenTimeStamp is null;
}
