namespace EContract.Signer.Store;

/// <summary>A batch of digests that one time-stamp covers.</summary>
/// <param name="Hash">SHA256, SHA384 or SHA512: of the digests and of the hash tree.</param>
/// <param name="State">Open, Closing or Stamped.</param>
public sealed record EvidenceBatchRow(
    long Id,
    string Hash,
    string State,
    int Size,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    DateTimeOffset? StampedAt
);

/// <summary>A registered digest's place.</summary>
/// <param name="Leaf">The hash tree's leaf where it is not the digest itself: one that renews earlier evidence.</param>
/// <param name="PreviousLinks">How many time-stamps of the earlier evidence's last chain it covers.</param>
/// <param name="PreviousImport">The digest of an imported record that it renews; null where it renews a leaf, or nothing.</param>
public sealed record EvidenceLeafRow(
    long BatchId,
    int Ordinal,
    byte[] Digest,
    byte[]? Leaf,
    string Reference,
    long? PreviousBatchId,
    int? PreviousOrdinal,
    int? PreviousLinks,
    byte[]? PreviousImport
);

/// <summary>A time-stamp in the chain of a batch.</summary>
/// <param name="ArchiveTimeStamp">DER; null at position 0, whose reduced hash tree is each leaf's own.</param>
public sealed record EvidenceLinkRow(int Position, byte[] Token, byte[]? ArchiveTimeStamp, DateTimeOffset NotAfter);

/// <summary>What has to be renewed: the newest time-stamp of a batch, or an imported record.</summary>
public sealed record EvidenceDueRow(long BatchId, string Hash, int Links);

/// <summary>A record that came from elsewhere.</summary>
public sealed record EvidenceImportRow(byte[] Digest, string Owner, string Hash, byte[] Record, DateTimeOffset NotAfter);
