namespace EContract.Pki.Ers;

/// <summary>What an evidence record proves by its hashes, or where it fails.</summary>
public sealed record EvidenceCheck
{
    public required EvidenceProblem Problem { get; init; }

    public bool IsIntact => Problem == EvidenceProblem.None;

    /// <summary>The place of the problem, from 0.</summary>
    public int Chain { get; init; }

    /// <summary>The place of the problem within the chain, from 0.</summary>
    public int Position { get; init; }

    /// <summary>The time of the first time-stamp: the data objects existed then. Only if <see cref="IsIntact"/>.</summary>
    public DateTimeOffset? ExistedAt => IsIntact ? TimeStamps[0].Token.TstInfo.GenTime : null;

    /// <summary>All time-stamps, the oldest first. Their signatures and certificates are the validator's to judge.</summary>
    public IReadOnlyList<EvidenceTimeStamp> TimeStamps { get; init; } = [];
}
