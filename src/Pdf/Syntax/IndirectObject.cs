namespace EContract.Pdf.Syntax;

/// <summary>An object with its identity and the offset of the byte behind it (behind the keyword stream, for a stream).</summary>
internal readonly record struct IndirectObject(int Number, int Generation, PdfObject Value, long End);
