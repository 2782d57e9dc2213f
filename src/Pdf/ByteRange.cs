using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>The two runs of bytes that a signature covers: everything but /Contents (ISO 32000-2 §12.8.1, Table 255).</summary>
/// <param name="Start">where the first run begins; 0 in every sound signature</param>
/// <param name="GapStart">where it ends: at the "&lt;" of /Contents</param>
/// <param name="GapEnd">where the second begins: behind the "&gt;" of /Contents</param>
/// <param name="End">where the second ends</param>
public readonly record struct ByteRange(long Start, long GapStart, long GapEnd, long End)
{
    /// <summary>Reads [start length start length]; null where the array isn't of this form or runs backwards.</summary>
    internal static ByteRange? From(PdfArray array, PdfDocument document)
    {
        if (array.Count != 4)
        {
            return null;
        }
        Span<long> n = stackalloc long[4];
        for (int i = 0; i < 4; i++)
        {
            if (document.Resolve(array[i]) is not PdfInteger { Value: >= 0 and <= int.MaxValue * 1024L } value)
            {
                return null;
            }
            n[i] = value.Value;
        }
        var range = new ByteRange(n[0], n[0] + n[1], n[2], n[2] + n[3]);
        return range.GapStart <= range.GapEnd ? range : null;
    }

    internal string ToPdf() => $"[{Start} {GapStart - Start} {GapEnd} {End - GapEnd}]";
}
