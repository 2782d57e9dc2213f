namespace EContract.Hosting.Clock;

/// <summary>A wall clock reading tied to a monotonic one, read close together: later monotonic readings continue it without steps.</summary>
internal readonly record struct Timeline(DateTimeOffset Wall, long Monotonic)
{
    private static readonly TimeSpan Close = TimeSpan.FromMicroseconds(500);

    /// <summary>Reads both clocks; again, a few times, if the thread was interrupted in between.</summary>
    public static Timeline Read(TimeProvider time)
    {
        Timeline best = default;
        TimeSpan bestGap = TimeSpan.MaxValue;
        for (int i = 0; i < 5 && bestGap > Close; i++)
        {
            long before = time.GetTimestamp();
            DateTimeOffset wall = time.GetUtcNow();
            TimeSpan gap = time.GetElapsedTime(before);
            if (gap < bestGap)
            {
                best = new Timeline(wall, before);
                bestGap = gap;
            }
        }

        return best;
    }

    /// <summary>What the wall clock would say at a monotonic reading, had nobody touched it.</summary>
    public DateTimeOffset At(TimeProvider time, long monotonic) => Wall + time.GetElapsedTime(Monotonic, monotonic);
}
