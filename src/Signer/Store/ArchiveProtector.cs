namespace EContract.Signer.Store;

/// <summary>A certificate that registered documents stand on: few, however many documents there are.</summary>
public sealed class ArchiveProtector
{
    /// <summary>SHA-256 of the certificate.</summary>
    public required byte[] Fingerprint { get; init; }

    public required byte[] Certificate { get; init; }

    /// <summary>Its chain as the documents carried it, without the certificate itself.</summary>
    public required byte[][] Chain { get; init; }

    public DateTimeOffset? CheckedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}
