using Microsoft.Extensions.Options;

namespace EContract.Hosting.Clock;

internal sealed class ClockGuardOptionsValidator : IValidateOptions<ClockGuardOptions>
{
    public ValidateOptionsResult Validate(string? name, ClockGuardOptions options)
    {
        List<string> problems = [.. Problems(options)];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(ClockGuardOptions options)
    {
        if (options.Sources.Count == 0 && !options.TrustSystemClock)
        {
            yield return "Clock:Sources: at least one NTP server is needed, or Clock:TrustSystemClock must be set";
        }

        if (options.Sources.Count > 0 && options.TrustSystemClock)
        {
            yield return "Clock: Sources and TrustSystemClock exclude each other";
        }

        foreach (string source in options.Sources.Where(source => !NtpAddress.TryParse(source, out _)))
        {
            yield return $"Clock:Sources: '{source}' is not host or host:port";
        }

        if (options.Sources.Count != options.Sources.Distinct(StringComparer.OrdinalIgnoreCase).Count())
        {
            yield return "Clock:Sources: a source is named twice, so it would be counted twice";
        }

        if (options.Quorum < 0 || options.Quorum > Math.Max(1, options.Sources.Count))
        {
            yield return "Clock:Quorum: must be at most the number of sources";
        }

        if (
            options.PollInterval <= TimeSpan.Zero
            || options.Timeout <= TimeSpan.Zero
            || options.MaxAge < options.PollInterval
            || options.MaxError <= TimeSpan.Zero
            || options.StepTolerance <= TimeSpan.Zero
            || options.LeapMargin < TimeSpan.FromSeconds(1)
            || options.BelievedError < TimeSpan.Zero
            || options.MaxDriftPpm is < 0 or > 1000
        )
        {
            yield return "Clock: intervals must be positive, MaxAge at least PollInterval, LeapMargin at least 1 s, MaxDriftPpm in 0..1000";
        }
    }
}
