namespace EContract.Pdf.CrossReference;

/// <summary>One entry: 16 bytes, because a gigabyte of document has millions.</summary>
/// <param name="Location">the offset from the header, or the number of the object stream</param>
/// <param name="Generation">the generation, or the index within the object stream</param>
/// <param name="Section">index of the section that says so, 0 for the newest</param>
internal readonly record struct Entry(long Location, int Generation, ushort Section, EntryKind Kind);
