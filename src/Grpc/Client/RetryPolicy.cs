using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>When and how often a failed call is tried again (gRFC A6).</summary>
public sealed class RetryPolicy
{
    /// <summary>The original attempt included; at least 2. The channel's limit caps it.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>Before the first retry; ± 20 % jitter as for all.</summary>
    public required TimeSpan InitialBackoff { get; init; }

    public required TimeSpan MaxBackoff { get; init; }

    /// <summary>Of the backoff from one retry to the next.</summary>
    public required double BackoffMultiplier { get; init; }

    /// <summary>Usually UNAVAILABLE only: others may have had an effect.</summary>
    public IList<StatusCode> RetryableStatusCodes { get; } = [];

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(InitialBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(BackoffMultiplier, 0);
        ArgumentOutOfRangeException.ThrowIfZero(RetryableStatusCodes.Count);
    }
}
