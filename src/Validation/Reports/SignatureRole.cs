namespace EContract.Validation.Reports;

/// <summary>What a signature or token is there for.</summary>
public enum SignatureRole
{
    /// <summary>Somebody's signature or seal.</summary>
    Signature,

    /// <summary>signature-time-stamp: over a signature's value (ETSI EN 319 122-1 §5.3).</summary>
    SignatureTimeStamp,

    /// <summary>content-time-stamp: over what is going to be signed (ETSI EN 319 122-1 §5.2.8).</summary>
    ContentTimeStamp,

    /// <summary>archive-time-stamp-v3 (ETSI EN 319 122-1 §5.5.3).</summary>
    ArchiveTimeStamp,

    /// <summary>A PDF's document time-stamp (ISO 32000-2 §12.8.5).</summary>
    DocumentTimeStamp,

    /// <summary>A token by itself.</summary>
    TimeStampToken,

    /// <summary>An archive time-stamp of an evidence record (RFC 4998).</summary>
    EvidenceRecord,
}
