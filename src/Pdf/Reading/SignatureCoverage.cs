namespace EContract.Pdf.Reading;

/// <summary>What part of the file a signature covers, its own /Contents apart.</summary>
public enum SignatureCoverage
{
    /// <summary>The ByteRange is unsound: not two runs from the first byte with exactly /Contents between them, or beyond the file.</summary>
    Unsound,

    /// <summary>From the first byte on, but the end is not the end of a revision.</summary>
    Partial,

    /// <summary>A whole revision; the document was updated afterwards.</summary>
    Revision,

    /// <summary>The whole file.</summary>
    File,
}
