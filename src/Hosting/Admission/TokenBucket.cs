namespace EContract.Hosting.Admission;

/// <summary>Allows a rate in the long run and a burst after a pause. Thread-safe.</summary>
public sealed class TokenBucket
{
    private readonly double _ratePerSecond;
    private readonly double _burst;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private double _tokens;
    private long _refilledAt;

    public TokenBucket(double ratePerSecond, double burst, TimeProvider time)
    {
        (_ratePerSecond, _burst, _time) = (ratePerSecond, Math.Max(1, burst), time);
        (_tokens, _refilledAt) = (_burst, time.GetTimestamp());
    }

    /// <summary>Takes one; else tells after what time there will be one.</summary>
    public bool TryTake(out TimeSpan retryAfter)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_refilledAt, now).TotalSeconds * _ratePerSecond));
            _refilledAt = now;
            if (_tokens >= 1)
            {
                _tokens--;
                retryAfter = TimeSpan.Zero;
                return true;
            }

            retryAfter = TimeSpan.FromSeconds((1 - _tokens) / _ratePerSecond);
            return false;
        }
    }
}
