namespace EContract.Hosting.Clock;

/// <summary>
/// The system clock, believed without proof to be within a given bound: for development, or where the machine's own
/// synchronisation is supervised by other means. Health and policy say so.
/// </summary>
public sealed class TrustedSystemClock(TimeProvider time, TimeSpan believedError) : IProvenClock
{
    public string Basis => "the system clock, trusted by configuration without proof";

    public ClockReading Read() => new(time.GetUtcNow(), believedError, null);
}
