namespace EContract.Pdf.CrossReference;

/// <summary>What a cross-reference entry tells (ISO 32000-2 §7.5.4, §7.5.8.3).</summary>
internal enum EntryKind : byte
{
    /// <summary>The object isn't mentioned: the null object.</summary>
    Absent,
    Free,
    InFile,
    InObjectStream,
}
