namespace EContract.Tsa.Store;

/// <summary>An epoch of serial numbers, given to one run of one node and never again.</summary>
internal sealed class EpochLease
{
    /// <summary>The epoch; the database counts.</summary>
    public long Id { get; private set; }

    /// <summary>32 random bits (see <see cref="Serials.SerialEpoch"/>).</summary>
    public required long Tag { get; init; }

    public required string Node { get; init; }

    public required DateTimeOffset LeasedAt { get; init; }
}
