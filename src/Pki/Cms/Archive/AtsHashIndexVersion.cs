namespace EContract.Pki.Cms.Archive;

/// <summary>The forms of the hash index.</summary>
public enum AtsHashIndexVersion
{
    /// <summary>ats-hash-index (ETSI EN 319 122-1 annex A.2.2): indexes whole unsigned attributes. Only read.</summary>
    V1,

    /// <summary>ats-hash-index-v3 (ETSI EN 319 122-1 §5.5.2): indexes each value of each unsigned attribute.</summary>
    V3,
}
