namespace EContract.Grpc.Calls;

/// <summary>
/// Calls back once when a deadline has passed, however far away it is (a system timer spans at most 49 days), and never before:
/// a timer that fires early by the granularity of the clock is armed again.
/// </summary>
internal sealed class DeadlineTimer : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly DateTime _deadline;
    private readonly TimeProvider _time;
    private readonly Action<object> _expired;
    private readonly object _state;
    private readonly ITimer _timer;

    public DeadlineTimer(DateTime deadline, TimeProvider time, Action<object> expired, object state)
    {
        _deadline = deadline;
        _time = time;
        _expired = expired;
        _state = state;

        // Armed only after the field is set: the callback needs it.
        _timer = time.CreateTimer(static timer => ((DeadlineTimer)timer!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm(Remaining());
    }

    public void Dispose() => _timer.Dispose();

    private TimeSpan Remaining() => _deadline - _time.GetUtcNow().UtcDateTime;

    private void Arm(TimeSpan remaining) =>
        _timer.Change(
            TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(remaining.TotalMilliseconds), 0, Longest.TotalMilliseconds)),
            Timeout.InfiniteTimeSpan
        );

    private void Tick()
    {
        var remaining = Remaining();
        if (remaining > TimeSpan.Zero)
        {
            Arm(remaining);
        }
        else
        {
            _expired(_state);
        }
    }
}
