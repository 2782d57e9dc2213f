namespace EContract.Hosting.Clock;

/// <summary>What the last good round proved, and until when a leap second leaves it valid.</summary>
/// <param name="Timeline">The clocks when the round began.</param>
/// <param name="Low">Least offset of UTC from our clock.</param>
/// <param name="High">Greatest offset.</param>
/// <param name="LeapAt">The midnight with an announced leap second before it; null when none is near.</param>
internal sealed record ClockProof(Timeline Timeline, TimeSpan Low, TimeSpan High, DateTimeOffset? LeapAt)
{
    private volatile string? _broken;

    /// <summary>Why the proof ended before its time; never taken back.</summary>
    public string? Broken
    {
        get => _broken;
        set => _broken = value;
    }

    public TimeSpan Error => Low.Duration() > High.Duration() ? Low.Duration() : High.Duration();
}
