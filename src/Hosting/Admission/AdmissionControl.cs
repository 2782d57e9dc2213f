using System.Collections.Concurrent;
using System.Globalization;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.Hsm;

namespace EContract.Hosting.Admission;

/// <summary>Decides whether a call that may be made is made now: rates, the caller's concurrency, the server's places.</summary>
internal sealed class AdmissionControl(AdmissionOptions options, TimeProvider time)
{
    private volatile AdmissionOptions _options = options;
    private readonly ConcurrentDictionary<(string Caller, MethodRateOptions Rate), TokenBucket> _rates = new();
    private readonly ConcurrentDictionary<string, int> _inProgress = new(StringComparer.Ordinal);

    public ConcurrencyGate Gate { get; } = new(options, time);

    /// <summary>Takes over changed limits. Calls in progress go on, also above a lowered limit; buckets of unchanged rates keep their level.</summary>
    public void Replace(AdmissionOptions changed)
    {
        _options = changed;
        foreach (var key in _rates.Keys.Where(key => !changed.Rates.Contains(key.Rate)))
        {
            _rates.TryRemove(key, out _);
        }

        Gate.Replace(changed);
    }

    /// <summary>Interactive before RA before archive before load: the most urgent role that the caller holds.</summary>
    public static TokenPriority PriorityOf(CallerIdentity caller) =>
        caller.Roles.Count == 0 ? TokenPriority.Load : caller.Roles.Min(PriorityOf);

    /// <summary>Admits the call; <see cref="Leave"/> ends it.</summary>
    /// <param name="longLived">A stream that waits for news most of its time holds no place.</param>
    /// <exception cref="ServiceException">RATE_LIMITED, CONCURRENCY_LIMITED, OVERLOADED.</exception>
    public async ValueTask EnterAsync(Caller caller, string method, bool longLived, CancellationToken cancellationToken)
    {
        RequireRate(caller, method);
        var name = caller.Identity.Name;
        if (_inProgress.AddOrUpdate(name, 1, (_, count) => count + 1) > (caller.MaxConcurrency ?? int.MaxValue))
        {
            _inProgress.AddOrUpdate(name, 0, (_, count) => count - 1);
            throw new ServiceException(
                Fault.ConcurrencyLimited,
                "The caller has as many calls in progress as it may.",
                ("limit", caller.MaxConcurrency!.Value.ToString(CultureInfo.InvariantCulture))
            )
            {
                RetryAfter = TimeSpan.FromMilliseconds(100),
            };
        }

        if (!longLived)
        {
            try
            {
                await Gate.EnterAsync(PriorityOf(caller.Identity), cancellationToken);
            }
            catch
            {
                _inProgress.AddOrUpdate(name, 0, (_, count) => count - 1);
                throw;
            }
        }
    }

    public void Leave(Caller caller, bool longLived)
    {
        if (!longLived)
        {
            Gate.Leave(PriorityOf(caller.Identity));
        }

        _inProgress.AddOrUpdate(caller.Identity.Name, 0, (_, count) => count - 1);
    }

    private void RequireRate(Caller caller, string method)
    {
        if (_options.Rates.Find(rate => Covers(rate, method)) is { } found)
        {
            Take(
                _rates.GetOrAdd(
                    (caller.Identity.Name, found),
                    key => new TokenBucket(key.Rate.RatePerSecond, key.Rate.Burst ?? key.Rate.RatePerSecond * 2, time)
                )
            );
        }

        if (caller.Rate is { } own)
        {
            Take(own);
        }
    }

    private static void Take(TokenBucket bucket)
    {
        if (!bucket.TryTake(out var retryAfter))
        {
            throw new ServiceException(Fault.RateLimited, "The caller's rate is used up.") { RetryAfter = retryAfter };
        }
    }

    private static bool Covers(MethodRateOptions rate, string method) =>
        rate.Method.EndsWith("/*", StringComparison.Ordinal)
            ? method.AsSpan().StartsWith(rate.Method.AsSpan(0, rate.Method.Length - 1), StringComparison.Ordinal)
            : method == rate.Method;

    private static TokenPriority PriorityOf(Role role) =>
        role switch
        {
            Role.Portal or Role.Service => TokenPriority.Interactive,
            Role.RaMaker or Role.RaApprover or Role.Admin or Role.Auditor => TokenPriority.Registration,
            Role.Archive => TokenPriority.Archive,
            _ => TokenPriority.Load,
        };
}
