namespace EContract.Audit.Appending;

/// <summary>Pause before a database that failed is tried again.</summary>
internal static class Backoff
{
    public static TimeSpan After(int attempt) => TimeSpan.FromMilliseconds(Math.Min(50 << Math.Min(attempt, 5), 1000));
}
