using EContract.Pdf.Syntax;

namespace EContract.Pdf.CrossReference;

/// <summary>How the entries of a cross-reference stream are laid out (ISO 32000-2 Table 17).</summary>
/// <param name="W0">bytes of the type</param>
/// <param name="W1">bytes of the second field</param>
/// <param name="W2">bytes of the third field</param>
/// <param name="Ranges">object numbers: first and count</param>
internal sealed record StreamLayout(int W0, int W1, int W2, IReadOnlyList<(long First, long Count)> Ranges)
{
    public int Width => W0 + W1 + W2;

    public long Entries => Ranges.Sum(range => range.Count);

    public static StreamLayout Read(PdfDictionary dictionary, PdfLimits limits)
    {
        if (
            !dictionary.TryGet("W", out PdfArray? w)
            || w.Count < 3
            || w.Take(3).Any(width => width is not PdfInteger { Value: >= 0 and <= 8 })
            || w.Take(3).All(width => width is PdfInteger { Value: 0 })
            || !dictionary.TryGet("Size", out PdfInteger? size)
        )
        {
            throw new MalformedException("ISO 32000-2 §7.5.8.2", "a cross-reference stream without usable /W or /Size");
        }
        PdfArray index = dictionary["Index"] as PdfArray ?? new PdfArray(PdfInteger.Of(0), size);
        var ranges = new List<(long First, long Count)>();
        for (int i = 0; i + 1 < index.Count; i += 2)
        {
            if (index[i] is not PdfInteger { Value: >= 0 } first || index[i + 1] is not PdfInteger { Value: >= 0 } count)
            {
                throw new MalformedException("ISO 32000-2 §7.5.8.2", "/Index of a cross-reference stream");
            }
            if (
                first.Value > limits.MaxObjectNumber
                || count.Value > limits.MaxObjectNumber
                || first.Value + count.Value - 1 > limits.MaxObjectNumber
            )
            {
                throw new PdfRefusedException(
                    PdfRefusal.TooLarge,
                    $"object numbers {first.Value} and {count.Value} more are above {limits.MaxObjectNumber}"
                );
            }
            ranges.Add((first.Value, count.Value));
        }
        return new StreamLayout((int)((PdfInteger)w[0]).Value, (int)((PdfInteger)w[1]).Value, (int)((PdfInteger)w[2]).Value, ranges);
    }
}
