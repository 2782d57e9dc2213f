namespace EContract.Ca.Store;

/// <summary>An issued CRL. The newest per scope is served; one older complete CRL stays as the base of deltas.</summary>
public sealed class CrlRow
{
    public required string Authority { get; init; }

    /// <summary>−1: the complete CRL; else the shard's number.</summary>
    public int Shard { get; init; }

    public bool Delta { get; init; }

    public long Number { get; init; }

    public DateTimeOffset ThisUpdate { get; init; }

    public DateTimeOffset NextUpdate { get; init; }

    public long Entries { get; init; }

    public required byte[] Crl { get; init; }

    /// <summary>SHA-256 of the CRL, hexadecimal: the ETag.</summary>
    public required string Digest { get; init; }
}
