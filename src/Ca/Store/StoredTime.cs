namespace EContract.Ca.Store;

/// <summary>Time as PostgreSQL keeps it.</summary>
internal static class StoredTime
{
    /// <summary>Now, to the microsecond: an answer made from memory and the same one read again are equal.</summary>
    public static DateTimeOffset GetStoredNow(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
