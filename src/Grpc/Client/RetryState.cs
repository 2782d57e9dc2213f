using System.Globalization;
using System.Security.Cryptography;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>Decides after each failed attempt of a call whether and when there is another (gRFC A6; wait-for-ready.md).</summary>
internal sealed class RetryState(GrpcChannel channel, RetryPolicy? policy, bool waitForReady)
{
    // connection-backoff.md has 1 s, 1.6 and 120 s for connections that nobody waits for; here a call waits.
    private static readonly RetryPolicy Connecting = new()
    {
        MaxAttempts = int.MaxValue,
        InitialBackoff = TimeSpan.FromMilliseconds(50),
        MaxBackoff = TimeSpan.FromSeconds(2),
        BackoffMultiplier = 1.6,
    };

    private int _backoffs; // since the server last said how long to wait
    private int _unconnected;

    /// <summary>Attempts that reached, or may have reached, the server.</summary>
    public int PreviousAttempts { get; private set; }

    /// <summary>False if the call has to end as the attempt did.</summary>
    /// <param name="canRepeat">All that the attempt sent is still there to be sent again.</param>
    public bool TryPlan(in Attempt failed, bool canRepeat, out TimeSpan backoff)
    {
        backoff = default;
        if (waitForReady && failed.Failure is not null && TransportFaults.IsNotConnected(failed.Failure))
        {
            backoff = Backoff(Connecting, _unconnected++);
            return true;
        }

        if (policy is null || failed.Status.StatusCode == StatusCode.OK)
        {
            return false;
        }

        var isRetryable = policy.RetryableStatusCodes.Contains(failed.Status.StatusCode);
        var forbids = failed.Pushback is not null && !TryParsePushback(failed.Pushback, out backoff);
        var isThrottled = (isRetryable || forbids) && channel.Throttle?.Fail() == false;
        PreviousAttempts++;
        if (
            !canRepeat
            || !isRetryable
            || forbids
            || isThrottled
            || PreviousAttempts >= Math.Min(policy.MaxAttempts, channel.Options.MaxRetryAttempts)
        )
        {
            return false;
        }

        if (failed.Pushback is not null)
        {
            _backoffs = 0;
        }
        else
        {
            backoff = Backoff(policy, _backoffs++);
        }

        return true;
    }

    /// <summary>False for a negative value or none at all: the server asks not to retry.</summary>
    private static bool TryParsePushback(string value, out TimeSpan pushback)
    {
        var valid = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds);
        pushback = TimeSpan.FromMilliseconds(milliseconds);
        return valid;
    }

    /// <summary>min(initial × multiplierⁿ, max) × random(0.8 … 1.2)</summary>
    private static TimeSpan Backoff(RetryPolicy policy, int exponent)
    {
        var milliseconds = Math.Min(
            policy.InitialBackoff.TotalMilliseconds * Math.Pow(policy.BackoffMultiplier, exponent),
            policy.MaxBackoff.TotalMilliseconds
        );
        return TimeSpan.FromMilliseconds(milliseconds * RandomNumberGenerator.GetInt32(800, 1201) / 1000);
    }
}
