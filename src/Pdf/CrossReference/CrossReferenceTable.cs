using EContract.Pdf.Syntax;

namespace EContract.Pdf.CrossReference;

/// <summary>Where every object is: all sections merged, newest first (ISO 32000-2 §7.5.6).</summary>
internal sealed class CrossReferenceTable(PdfLimits limits)
{
    private const int PageSize = 1024;

    // Pages, so that one entry with a huge number costs one page and not a huge array.
    private readonly Entry[]?[] _pages = new Entry[]?[limits.MaxObjectNumber / PageSize + 1];
    private int _count;

    /// <summary>The sections, newest first.</summary>
    public List<CrossReferenceSection> Sections { get; } = [];

    /// <summary>What must be added to the offsets that the file names, because its header isn't at its start.</summary>
    public long HeaderOffset { get; set; }

    /// <summary>One more than the highest number any section mentions.</summary>
    public int Size { get; private set; } = 1;

    /// <summary>The newest trailer.</summary>
    public PdfDictionary Trailer => Sections[0].Trailer;

    public Entry this[int number] =>
        number >= 0 && number <= limits.MaxObjectNumber && _pages[number / PageSize] is { } page ? page[number % PageSize] : default;

    /// <summary>The numbers of all objects that are in use.</summary>
    public IEnumerable<int> Numbers()
    {
        for (int p = 0; p < _pages.Length; p++)
        {
            for (int i = 0; _pages[p] is { } page && i < PageSize; i++)
            {
                if (page[i].Kind is EntryKind.InFile or EntryKind.InObjectStream)
                {
                    yield return p * PageSize + i;
                }
            }
        }
    }

    /// <summary>Adds what an older section says: only where no newer one spoke.</summary>
    /// <param name="number">the object number</param>
    /// <param name="entry">what the section says</param>
    /// <param name="overFree">
    /// the section is the stream of a hybrid: it also counts where the table beside it says free (ISO 32000-2 §7.5.8.4)
    /// </param>
    public void Add(int number, Entry entry, bool overFree)
    {
        if (++_count > limits.MaxCrossReferenceEntries)
        {
            throw new PdfRefusedException(PdfRefusal.TooLarge, $"more than {limits.MaxCrossReferenceEntries} cross-reference entries");
        }
        if (number > limits.MaxObjectNumber)
        {
            throw new PdfRefusedException(PdfRefusal.TooLarge, $"object number {number} is above {limits.MaxObjectNumber}");
        }
        ref Entry slot = ref (_pages[number / PageSize] ??= new Entry[PageSize])[number % PageSize];
        if (slot.Kind == EntryKind.Absent || (overFree && slot.Kind == EntryKind.Free && slot.Section == entry.Section))
        {
            slot = entry;
        }
        Size = Math.Max(Size, number + 1);
    }
}
