namespace EContract.Hosting.Clock;

/// <summary>Which time sources prove the clock, and how strictly.</summary>
public sealed class ClockGuardOptions
{
    /// <summary>NTP servers, <c>host</c> or <c>host:port</c>; independent of each other and traceable to UTC.</summary>
    public IList<string> Sources { get; } = [];

    /// <summary>How many sources must agree; 0: more than half of all that are configured.</summary>
    public int Quorum { get; set; }

    /// <summary>
    /// Believe the system clock without any source, for development or where its synchronisation is supervised by other means.
    /// It must be said: there is no silent default.
    /// </summary>
    public bool TrustSystemClock { get; set; }

    /// <summary>With <see cref="TrustSystemClock"/>: how wrong the clock is believed to be at most.</summary>
    public TimeSpan BelievedError { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time between two rounds of questions.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(32);

    /// <summary>How long a source may take to answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a proof holds when no new one can be had because the sources are silent.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Beyond this proven error the time counts as unproven for every use.</summary>
    public TimeSpan MaxError { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The wall clock may part from the monotonic clock by this much between two rounds; beyond it was stepped.</summary>
    public TimeSpan StepTolerance { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How fast the machine's oscillator may drift, in parts per million; the proven error grows by it.</summary>
    public double MaxDriftPpm { get; set; } = 100;

    /// <summary>No time is proven from this long before an announced leap second until a round begun this long after it.</summary>
    public TimeSpan LeapMargin { get; set; } = TimeSpan.FromSeconds(2);

    internal int RequiredQuorum => Quorum > 0 ? Quorum : Sources.Count / 2 + 1;
}
