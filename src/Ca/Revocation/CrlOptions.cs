namespace EContract.Ca.Revocation;

/// <summary>Settings under <c>Ca:Crl</c>.</summary>
public sealed class CrlOptions
{
    /// <summary>How often complete and sharded CRLs are issued.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>thisUpdate to nextUpdate: how long relying parties live with an outage of ours.</summary>
    public TimeSpan Validity { get; set; } = TimeSpan.FromHours(72);

    /// <summary>The same for delta CRLs.</summary>
    public TimeSpan DeltaInterval { get; set; } = TimeSpan.FromMinutes(30);

    public TimeSpan DeltaValidity { get; set; } = TimeSpan.FromHours(6);
}
