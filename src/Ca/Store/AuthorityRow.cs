namespace EContract.Ca.Store;

/// <summary>A CA that the ceremonies made; imported from hierarchy.json and shared by all nodes.</summary>
public sealed class AuthorityRow
{
    public required string Id { get; init; }

    public required string GroupName { get; init; }

    /// <summary>Null for a root.</summary>
    public string? Issuer { get; init; }

    public required byte[] Certificate { get; set; }

    public required string KeyLabel { get; set; }

    public bool Online { get; set; }

    public int Shards { get; set; }

    public bool DeltaCrl { get; set; }

    /// <summary>Within a group the highest issues.</summary>
    public int Sequence { get; set; }

    public string? OcspKeyLabel { get; set; }

    public byte[]? OcspCertificate { get; set; }

    /// <summary>The latest CRL of an offline CA.</summary>
    public byte[]? OfflineCrl { get; set; }

    public required string BaseUrl { get; set; }
}
