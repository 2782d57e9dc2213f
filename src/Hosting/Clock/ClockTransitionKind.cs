namespace EContract.Hosting.Clock;

/// <summary>What can change in what is known about the clock.</summary>
public enum ClockTransitionKind
{
    /// <summary>A quorum proved the time.</summary>
    Proven,

    /// <summary>The time is not proven any more; the details say why.</summary>
    Lost,

    /// <summary>A source began to contradict the quorum.</summary>
    SourceDisagrees,

    /// <summary>A source stopped answering, or its answers are useless.</summary>
    SourceFailed,

    /// <summary>A source is back and agrees.</summary>
    SourceAgrees,

    /// <summary>A leap second was announced for the coming midnight (UTC).</summary>
    LeapAnnounced,
}
