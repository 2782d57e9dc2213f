namespace EContract.Audit.Verification;

/// <summary>What verifying an evidence bundle found.</summary>
public sealed record EvidenceReport
{
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What is proven, in plain words, in order of time.</summary>
    public required IReadOnlyList<string> Proven { get; init; }

    public bool IsValid => Findings.Count == 0;

    public IEnumerable<string> Describe()
    {
        foreach (var finding in Findings)
        {
            yield return $"NOT PROVEN: {finding}";
        }

        yield return IsValid ? "VALID. It is proven that:" : "NOT VALID. What could be checked all the same:";
        foreach (var statement in Proven)
        {
            yield return $"  - {statement}";
        }
    }
}
