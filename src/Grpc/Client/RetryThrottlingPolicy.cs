namespace EContract.Grpc.Client;

/// <summary>Stops retries to a server that fails too many calls (gRFC A6, Throttling Retry Attempts).</summary>
public sealed class RetryThrottlingPolicy
{
    /// <summary>Retries stop while half of them or fewer are left; each failure costs one. At most 1000.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>What each success gives back.</summary>
    public required double TokenRatio { get; init; }
}
