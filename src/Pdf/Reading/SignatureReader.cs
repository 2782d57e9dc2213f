using System.Formats.Asn1;
using EContract.Pdf.Forms;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>Reads the signatures of a document, its revisions, and the bytes that each signature covers.</summary>
public sealed class SignatureReader
{
    private const int MaxContents = 4 * 1024 * 1024;
    private const int CopyBuffer = 128 * 1024;

    private readonly PdfDocument _document;

    /// <param name="document">the document; encrypted ones can be read, for signatures are never encrypted (ISO 32000-2 §7.6.2)</param>
    /// <exception cref="MalformedException">the form can't be read</exception>
    public SignatureReader(PdfDocument document)
    {
        _document = document;
        Revisions = RevisionFinder.Find(document);
        var signatures = new List<EmbeddedSignature>();
        foreach (FormField field in new FieldTree(document).Fields.Where(f => f.IsSignature))
        {
            if (document.Resolve(field.Value) is PdfDictionary value)
            {
                signatures.Add(Read(field, value));
            }
        }
        // In the order of signing: what covers less was there before.
        Signatures = [.. signatures.OrderBy(s => s.ByteRange?.End ?? long.MaxValue)];
    }

    /// <summary>The revisions, the original first.</summary>
    public IReadOnlyList<PdfRevision> Revisions { get; }

    /// <summary>The signatures and document time-stamps in the order of signing.</summary>
    public IReadOnlyList<EmbeddedSignature> Signatures { get; }

    /// <summary>Gives the covered bytes to a consumer, in blocks, in the order of the ByteRange.</summary>
    /// <exception cref="InvalidOperationException">the ByteRange lies outside the file</exception>
    public void ReadCovered(EmbeddedSignature signature, Action<ReadOnlySpan<byte>> consumer, CancellationToken cancellationToken = default)
    {
        if (signature.ByteRange is not { } range || range.End > _document.Length)
        {
            throw new InvalidOperationException("This ByteRange covers nothing that can be read.");
        }
        foreach ((long start, long end) in (ReadOnlySpan<(long, long)>)[(range.Start, range.GapStart), (range.GapEnd, range.End)])
        {
            for (long at = start; at < end; )
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = (int)Math.Min(CopyBuffer, end - at);
                consumer(_document.Source.Window(at, count)[..count]);
                at += count;
            }
        }
    }

    /// <summary>The document as it was at the end of a revision.</summary>
    public PdfDocument Open(PdfRevision revision) => _document.Until(revision.End);

    /// <summary>
    /// What every later revision changed in comparison with the one that a signature covers; empty where nothing did. A change that a further
    /// revision took back again is there, too: it was shown in between.
    /// </summary>
    /// <exception cref="InvalidOperationException">the signature covers no revision</exception>
    /// <exception cref="MalformedException">one of the revisions can't be read</exception>
    public IReadOnlyList<RevisionChange> ChangesAfter(EmbeddedSignature signature)
    {
        int covered = signature.Revision ?? throw new InvalidOperationException("This signature covers no revision.");
        PdfDocument before = Open(Revisions[covered]);
        return [.. Revisions.Skip(covered + 1).SelectMany(later => RevisionComparison.Compare(before, Open(later))).Distinct()];
    }

    /// <summary>
    /// Signatures that an earlier revision had and the newest has no more, in the order of signing: who removes one makes a document look as if it had
    /// never been signed. Revisions that can't be read are passed by.
    /// </summary>
    public IReadOnlyList<EmbeddedSignature> FindRemoved()
    {
        var removed = new List<EmbeddedSignature>();
        foreach (PdfRevision revision in Revisions.SkipLast(1))
        {
            try
            {
                removed.AddRange(
                    new SignatureReader(Open(revision)).Signatures.Where(earlier =>
                        !Signatures.Concat(removed).Any(other => other.Contents.Span.SequenceEqual(earlier.Contents.Span))
                    )
                );
            }
            catch (Exception e) when (e is MalformedException or PdfRefusedException)
            {
                continue; // no reader shows it, hence nobody signed in it
            }
        }
        return removed;
    }

    /// <summary>Objects that one revision defines twice.</summary>
    /// <exception cref="MalformedException">one of the revisions can't be read</exception>
    public IReadOnlyList<DuplicateObject> FindDuplicates() => DuplicateFinder.Find(_document, Revisions);

    private EmbeddedSignature Read(FormField field, PdfDictionary value)
    {
        ReadOnlyMemory<byte> contents = _document.Get<PdfString>(value, "Contents")?.Bytes ?? default;
        ByteRange? range = _document.Get<PdfArray>(value, "ByteRange") is { } array ? ByteRange.From(array, _document) : null;
        var reference = field.Value as PdfReference;
        string? defect = Defect(range, contents, reference);
        PdfRevision? revision = defect is null ? Revisions.FirstOrDefault(r => IsEnd(r, range!.Value.End)) : null;
        SignatureCoverage coverage =
            defect is not null ? SignatureCoverage.Unsound
            : revision is null ? SignatureCoverage.Partial
            : range!.Value.End == _document.Length ? SignatureCoverage.File
            : SignatureCoverage.Revision;
        return new EmbeddedSignature
        {
            FieldName = field.Name,
            SubFilter = _document.Get<PdfName>(value, "SubFilter")?.Value,
            Reference = reference,
            Dictionary = value,
            ByteRange = range,
            Coverage = coverage,
            CoverageDefect = defect ?? (revision is null ? "the covered bytes end in the middle of a revision" : null),
            Revision = revision?.Index,
            Contents = contents,
            Cms = FirstValue(contents),
            Certification = EarlierSignatures.PermissionOf(_document, value) ?? CertificationLevel.None,
            Locks = [.. EarlierSignatures.LocksOf(_document, value)],
            Time = PdfDate.Parse(_document.Get<PdfString>(value, "M")?.ToText()),
            SignerName = _document.Get<PdfString>(value, "Name")?.ToText(),
            Reason = _document.Get<PdfString>(value, "Reason")?.ToText(),
            Location = _document.Get<PdfString>(value, "Location")?.ToText(),
        };
    }

    // The covered bytes may end before, between or behind the line end of %%EOF.
    private bool IsEnd(PdfRevision revision, long end) =>
        end <= revision.End
        && end >= revision.End - 2
        && _document.Source.Window(end, 2)[..(int)(revision.End - end)].IndexOfAnyExcept((byte)'\r', (byte)'\n') < 0;

    private string? Defect(ByteRange? range, ReadOnlyMemory<byte> contents, PdfReference? reference)
    {
        if (range is not { } r)
        {
            return "/ByteRange is missing or isn't two runs";
        }
        if (r.Start != 0)
        {
            return "the covered bytes don't begin with the file";
        }
        if (r.End > _document.Length)
        {
            return "the covered bytes end behind the file";
        }
        if (r.GapEnd - r.GapStart > MaxContents * 2L)
        {
            return "the gap is larger than any signature";
        }
        // The gap must be the very string that is /Contents: whatever else is in it could be changed unseen.
        int gap = (int)(r.GapEnd - r.GapStart);
        ReadOnlySpan<byte> bytes = _document.Source.Window(r.GapStart, gap)[..gap];
        if (bytes is not [(byte)'<', .., (byte)'>'] || bytes[1..^1].IndexOfAnyExcept(HexDigits) >= 0)
        {
            return "the gap isn't exactly one hexadecimal string";
        }
        var parser = new ObjectParser(bytes, r.GapStart, final: true, _document.Limits);
        if (parser.Object() is not PdfString text || !text.Bytes.Span.SequenceEqual(contents.Span))
        {
            return "the gap isn't the signature's /Contents";
        }
        if (reference is null)
        {
            return null;
        }
        // … and within the object of this signature dictionary, not in a copy elsewhere.
        (long start, long end)? extent = _document.ExtentOf(reference.Number);
        return extent is { } e && e.start < r.GapStart && e.end >= r.GapEnd ? null : "the gap lies outside the signature dictionary";
    }

    private static readonly System.Buffers.SearchValues<byte> HexDigits = System.Buffers.SearchValues.Create("0123456789ABCDEFabcdef"u8);

    // EN 319 142-1 wants DER, but BER of indefinite length is found in older signatures.
    private static ReadOnlyMemory<byte> FirstValue(ReadOnlyMemory<byte> contents)
    {
        try
        {
            return new AsnReader(contents, AsnEncodingRules.BER).PeekEncodedValue();
        }
        catch (AsnContentException)
        {
            return default;
        }
    }
}
