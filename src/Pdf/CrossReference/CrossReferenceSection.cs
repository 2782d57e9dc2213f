using EContract.Pdf.Syntax;

namespace EContract.Pdf.CrossReference;

/// <summary>One section of the cross-reference: what one update of the document said.</summary>
/// <param name="Kind">how it is written</param>
/// <param name="Offset">where it begins, in bytes from the start of the file</param>
/// <param name="End">where its trailer or its stream's dictionary ends, in bytes from the start of the file</param>
/// <param name="Trailer">its trailer dictionary, or the dictionary of its stream</param>
public sealed record CrossReferenceSection(SectionKind Kind, long Offset, long End, PdfDictionary Trailer);
