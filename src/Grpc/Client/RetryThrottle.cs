namespace EContract.Grpc.Client;

/// <summary>The token bucket of a <see cref="RetryThrottlingPolicy"/>. Thread-safe.</summary>
internal sealed class RetryThrottle(RetryThrottlingPolicy policy)
{
    private readonly Lock _gate = new();
    private double _tokens = policy.MaxTokens; // under _gate

    /// <summary>Notes a failure; false if there are too many to retry.</summary>
    public bool Fail()
    {
        lock (_gate)
        {
            _tokens = Math.Max(0, _tokens - 1);
            return _tokens > policy.MaxTokens / 2.0;
        }
    }

    public void Succeed()
    {
        lock (_gate)
        {
            _tokens = Math.Min(policy.MaxTokens, _tokens + policy.TokenRatio);
        }
    }
}
