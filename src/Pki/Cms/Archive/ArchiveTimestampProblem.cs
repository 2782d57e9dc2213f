namespace EContract.Pki.Cms.Archive;

/// <summary>Why an archive-time-stamp-v3 does not cover the signature that it is found in.</summary>
public enum ArchiveTimestampProblem
{
    None,

    /// <summary>The attribute's value is not a time-stamp token.</summary>
    TokenMalformed,

    /// <summary>The token carries no hash index, or more than one.</summary>
    HashIndexMissing,

    HashIndexMalformed,

    /// <summary>The message imprint's hash algorithm is not known here.</summary>
    HashAlgorithmUnknown,

    /// <summary>§5.5.2: "This algorithm shall be the same as the hash algorithm used for computing the message imprint".</summary>
    HashAlgorithmsDiffer,

    /// <summary>The index names a certificate that is not there (any more).</summary>
    CertificateMissing,

    /// <summary>The index names revocation data that are not there (any more).</summary>
    RevocationDataMissing,

    /// <summary>The index names an unsigned attribute that is not there (any more).</summary>
    UnsignedAttributeMissing,

    /// <summary>The signature is detached and the digest of its content, in the time-stamp's hash algorithm, was not given.</summary>
    ContentDigestNeeded,

    /// <summary>Content, content type, signed fields or the index itself are not what was stamped.</summary>
    ImprintDiffers,
}
