namespace EContract.Pdf;

/// <summary>Validation data for the document security store, all DER (ISO 32000-2 §12.8.4.3, ETSI EN 319 142-1 §5.4.2).</summary>
public sealed record SecurityStoreContent
{
    /// <summary>Certificates.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>OCSPResponse values.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OcspResponses { get; init; } = [];

    /// <summary>Certificate revocation lists.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];

    /// <summary>Also says which of these data belong to which signature.</summary>
    public IReadOnlyList<SignatureValidationData> PerSignature { get; init; } = [];
}
