namespace EContract.Hosting.Clock;

/// <summary>A clock that knows how wrong it may be: guarded by NTP sources, or trusted because the configuration says so.</summary>
public interface IProvenClock
{
    /// <summary>By what the time is proven, in words, for health and policy.</summary>
    string Basis { get; }

    /// <summary>Thread-safe, does no I/O and allocates nothing.</summary>
    ClockReading Read();
}
