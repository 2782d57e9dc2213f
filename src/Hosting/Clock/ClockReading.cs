namespace EContract.Hosting.Clock;

/// <summary>The time, and how wrong it may be.</summary>
/// <param name="UtcNow">What the system clock says.</param>
/// <param name="ErrorBound">UTC is proven to be within this of <paramref name="UtcNow"/>, either way. Meaningless when refused.</param>
/// <param name="Refusal">Why nothing is proven; null when it is.</param>
public readonly record struct ClockReading(DateTimeOffset UtcNow, TimeSpan ErrorBound, string? Refusal);
