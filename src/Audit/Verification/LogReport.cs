namespace EContract.Audit.Verification;

/// <summary>What verifying a whole log found.</summary>
public sealed record LogReport
{
    public required IReadOnlyList<Finding> Findings { get; init; }

    public required long Records { get; init; }

    public required IReadOnlyDictionary<string, long> Chains { get; init; }

    public required int Checkpoints { get; init; }

    /// <summary>Records up to here are protected by a valid signature.</summary>
    public required long Protected { get; init; }

    /// <summary>Time-stamp of the last valid checkpoint that has one.</summary>
    public required DateTimeOffset? ProtectedAt { get; init; }

    public required int Unlinked { get; init; }

    /// <summary>Nothing is wrong, and something is proven: a file without a signed checkpoint (an empty one, say) proves nothing.</summary>
    public bool IsIntact => Findings.Count == 0 && Protected > 0;

    /// <summary>What it proves, in plain words.</summary>
    public IEnumerable<string> Describe()
    {
        yield return $"{Records} records in {Chains.Count} chains, {Checkpoints} checkpoints.";
        foreach (var finding in Findings)
        {
            yield return $"NOT INTACT: {finding}";
        }

        if (Findings.Count == 0 && Protected == 0)
        {
            yield return "NOTHING PROVEN: no signed checkpoint covers any of these records.";
        }

        if (IsIntact)
        {
            yield return $"INTACT: the first {Protected} records are exactly those that were signed; none was changed, dropped, added, reordered or back-dated since.";
            yield return ProtectedAt is { } at
                ? $"They existed in this form at {at:yyyy-MM-dd HH:mm:ss} UTC (time-stamp)."
                : "No time-stamp proves since when: only the audit key's own word.";
            yield return $"{Records - Protected} later records are chained, but no checkpoint covers them yet.";
        }

        if (Unlinked > 0)
        {
            yield return $"{Unlinked} events are recorded but not linked into a chain yet.";
        }
    }
}
