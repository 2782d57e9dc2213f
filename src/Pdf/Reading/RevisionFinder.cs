using EContract.Pdf.CrossReference;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>Finds where the revisions of a file end: behind the %%EOF of each cross-reference section.</summary>
internal static class RevisionFinder
{
    private const int Tail = 4096;

    public static IReadOnlyList<PdfRevision> Find(PdfDocument document)
    {
        var revisions = new List<PdfRevision>();
        long end = 0;
        // Oldest first. Sections that lie before one already passed belong to its revision: the two halves of a linearised file.
        foreach (CrossReferenceSection section in document.Sections.Reverse())
        {
            long own = EndOf(document.Source, section);
            if (own > end)
            {
                end = own;
                revisions.Add(new PdfRevision(revisions.Count, end));
            }
        }
        return revisions;
    }

    private static long EndOf(PdfSource source, CrossReferenceSection section)
    {
        // Between a section and its %%EOF are at most its stream's data and startxref.
        long from =
            section.End
            + (section.Trailer["Length"] is PdfInteger { Value: > 0 } length && section.Kind == SectionKind.Stream ? length.Value : 0);
        ReadOnlySpan<byte> window = source.Window(from, Tail);
        int at = window[..Math.Min(window.Length, Tail)].IndexOf("%%EOF"u8);
        if (at < 0)
        {
            return source.Length;
        }
        at += 5;
        if (at < window.Length && window[at] == '\r')
        {
            at++;
        }
        if (at < window.Length && window[at] == '\n')
        {
            at++;
        }
        return from + at;
    }
}
