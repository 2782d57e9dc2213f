namespace EContract.TestKit;

/// <summary>
/// A wall clock and a monotonic clock that move only when told, together or apart. Thread-safe. Timers are the system's: it is for
/// what reads clocks.
/// </summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private long _wall = start.UtcTicks; // by Interlocked
    private long _monotonic; // by Interlocked

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _wall), TimeSpan.Zero);

    public override long GetTimestamp() => Volatile.Read(ref _monotonic);

    /// <summary>Time passes on both clocks.</summary>
    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _wall, by.Ticks);
        Interlocked.Add(ref _monotonic, by.Ticks);
    }

    /// <summary>Somebody sets the wall clock.</summary>
    public void Step(TimeSpan by) => Interlocked.Add(ref _wall, by.Ticks);
}
