namespace EContract.Pdf;

/// <summary>Bounds on what a document may cost. Beyond them the document is refused, never half read.</summary>
public sealed record PdfLimits
{
    /// <summary>The limits used when none are given.</summary>
    public static PdfLimits Default { get; } = new();

    /// <summary>Largest file in bytes. Offsets of a classic cross-reference have ten digits (ISO 32000-2 §7.5.4).</summary>
    public long MaxFileSize { get; init; } = 9_999_999_999 - 64 * 1024 * 1024;

    /// <summary>Highest object number (ISO 32000-1 Annex C: 8,388,607).</summary>
    public int MaxObjectNumber { get; init; } = 8_388_607;

    /// <summary>Entries that all cross-reference sections together may hold.</summary>
    public int MaxCrossReferenceEntries { get; init; } = 4_000_000;

    /// <summary>Cross-reference sections, hence revisions, of one file.</summary>
    public int MaxSections { get; init; } = 4096;

    /// <summary>Nesting of arrays and dictionaries.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Largest single object without its stream data, in bytes.</summary>
    public int MaxObjectSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>Objects within one object: small ones take far more memory than bytes in the file.</summary>
    public int MaxItems { get; init; } = 500_000;

    /// <summary>Largest decoded stream that is read as structure (cross-reference and object streams), in bytes.</summary>
    public int MaxDecodedStream { get; init; } = 48 * 1024 * 1024;

    /// <summary>All object streams that are decoded while a document is read, in bytes: a small file can name many that decode to much.</summary>
    public long MaxDecoded { get; init; } = 1L << 30;

    /// <summary>Decoded object streams that are kept at a time, in bytes.</summary>
    public int ObjectStreamCache { get; init; } = 16 * 1024 * 1024;

    /// <summary>Parsed objects that are kept at a time, by their bytes in the file.</summary>
    public int ObjectCache { get; init; } = 8 * 1024 * 1024;

    /// <summary>Page-tree and field-tree nodes that are visited.</summary>
    public int MaxTreeNodes { get; init; } = 500_000;
}
