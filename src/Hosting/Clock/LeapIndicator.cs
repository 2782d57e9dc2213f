namespace EContract.Hosting.Clock;

/// <summary>LI (RFC 5905 §7.3).</summary>
internal enum LeapIndicator
{
    None = 0,

    /// <summary>The last minute of the day has 61 seconds.</summary>
    Inserted = 1,

    /// <summary>The last minute of the day has 59 seconds.</summary>
    Deleted = 2,

    /// <summary>The server's clock is not synchronised.</summary>
    Unknown = 3,
}
