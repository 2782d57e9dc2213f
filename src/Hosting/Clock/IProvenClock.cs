namespace EContract.Hosting.Clock;

/// <summary>A clock that knows how wrong it may be: guarded by NTP sources, or trusted because the configuration says so.</summary>
public interface IProvenClock
{
    /// <summary>Thread-safe, does no I/O and allocates nothing.</summary>
    ClockReading Read();
}
