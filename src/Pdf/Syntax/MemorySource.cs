namespace EContract.Pdf.Syntax;

/// <summary>A document that is in memory.</summary>
internal sealed class MemorySource(ReadOnlyMemory<byte> document) : PdfSource
{
    public override long Length => document.Length;

    public override ReadOnlySpan<byte> Window(long offset, int minimum) => document.Span[(int)Math.Min(offset, document.Length)..];
}
