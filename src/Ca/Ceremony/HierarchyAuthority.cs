namespace EContract.Ca.Ceremony;

/// <summary>A CA in <see cref="HierarchyFile"/>.</summary>
/// <param name="Sequence">Within a group the highest issues.</param>
/// <param name="Crl">The CRL of an offline CA.</param>
/// <param name="CrlNumber">The number of that CRL.</param>
public sealed record HierarchyAuthority(
    string Id,
    string Group,
    string? Issuer,
    string Certificate,
    string KeyLabel,
    bool Online,
    int Shards,
    bool DeltaCrl,
    int Sequence,
    string? OcspKeyLabel = null,
    string? OcspCertificate = null,
    string? Crl = null,
    long CrlNumber = 0,
    int CrlDays = 365,
    IReadOnlyList<HierarchyRevocation>? Revoked = null
);
