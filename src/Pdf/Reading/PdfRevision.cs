namespace EContract.Pdf.Reading;

/// <summary>A revision: the document as it was before the update behind it.</summary>
/// <param name="Index">0 for the original</param>
/// <param name="End">length in bytes of the file as it was then, its last line end included</param>
public sealed record PdfRevision(int Index, long End);
