namespace EContract.Signer.Signing;

/// <summary>Baseline level of a CAdES or PAdES signature (EN 319 122-1 §6, EN 319 142-1 §6).</summary>
public enum ItemLevel
{
    /// <summary>B-B: basic.</summary>
    Basic,

    /// <summary>B-T: with a signature time-stamp.</summary>
    Timestamped,

    /// <summary>B-LT: with the data that a later validation needs.</summary>
    LongTerm,

    /// <summary>B-LTA: with a time-stamp over all of it.</summary>
    LongTermArchive,
}
