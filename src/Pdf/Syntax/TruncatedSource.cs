namespace EContract.Pdf.Syntax;

/// <summary>The first bytes of a document: what it was before it was updated.</summary>
internal sealed class TruncatedSource(PdfSource whole, long length) : PdfSource
{
    public override long Length => length;

    public override ReadOnlySpan<byte> Window(long offset, int minimum)
    {
        offset = Math.Min(offset, length);
        ReadOnlySpan<byte> window = whole.Window(offset, (int)Math.Min(minimum, length - offset));
        return window[..(int)Math.Min(window.Length, length - offset)];
    }
}
