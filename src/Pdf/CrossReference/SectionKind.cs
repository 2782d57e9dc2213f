namespace EContract.Pdf.CrossReference;

/// <summary>How a cross-reference section is written.</summary>
public enum SectionKind
{
    /// <summary>A table with a trailer (ISO 32000-2 §7.5.4).</summary>
    Table,

    /// <summary>A cross-reference stream (§7.5.8).</summary>
    Stream,

    /// <summary>A table whose trailer names a cross-reference stream beside it (§7.5.8.4).</summary>
    Hybrid,
}
