namespace EContract.Validation.Policies;

/// <summary>What is wanted of revocation data (ETSI EN 319 102-1 §5.2.5, §5.1.4.3).</summary>
public sealed record RevocationConstraints
{
    /// <summary>Whether every certificate below the anchor must be shown not to be revoked.</summary>
    public bool Required { get; init; } = true;

    /// <summary>How old data may be at the time that they are to speak for; null: as long as they say (nextUpdate).</summary>
    public TimeSpan? MaximumAge { get; init; }

    public PastStatus PastStatus { get; init; } = PastStatus.WhileFresh;

    /// <summary>Until when data issued at <paramref name="issued"/> are fresh.</summary>
    internal DateTimeOffset FreshUntil(DateTimeOffset issued, DateTimeOffset? nextUpdate)
    {
        // §5.2.5.4: without a nextUpdate and without a constraint nothing says that the data are fresh but at their issuance.
        var until = nextUpdate ?? issued;
        return MaximumAge is { } age ? (nextUpdate is null || issued + age < until ? issued + age : until) : until;
    }
}
