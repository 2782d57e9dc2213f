namespace EContract.Pdf;

/// <summary>The validation data of one signature (a VRI entry, ISO 32000-2 Table 261).</summary>
public sealed record SignatureValidationData
{
    /// <summary>The value of the signature's /Contents as it is in the file, with the zeros behind the DER; its SHA-1 is the key of the entry.</summary>
    public required ReadOnlyMemory<byte> Contents { get; init; }

    /// <summary>Certificates.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>OCSPResponse values.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OcspResponses { get; init; } = [];

    /// <summary>Certificate revocation lists.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];

    /// <summary>When the data were gathered (/TU).</summary>
    public DateTimeOffset? Time { get; init; }
}
