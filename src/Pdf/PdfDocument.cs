using EContract.Pdf.CrossReference;
using EContract.Pdf.Filters;
using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>
/// A document opened for reading: objects are parsed when they are asked for. Holds the given stream or memory but owns neither.
/// Not thread-safe.
/// </summary>
public sealed class PdfDocument
{
    private const int NominalObjectSize = 256;
    private const int MaxIndirections = 32;

    private readonly Dictionary<int, PdfObject> _objects = [];
    private readonly HashSet<int> _loading = [];
    private readonly ObjectStreamCache _objectStreams;
    private long _cached;
    private long _decoded;

    private PdfDocument(PdfSource source, PdfLimits limits)
    {
        if (source.Length > limits.MaxFileSize)
        {
            throw new PdfRefusedException(PdfRefusal.TooLarge, $"{source.Length} bytes, allowed are {limits.MaxFileSize}");
        }
        Source = source;
        Limits = limits;
        CrossReference = new CrossReferenceReader(source, limits).Read();
        _objectStreams = new ObjectStreamCache(limits.ObjectStreamCache);
    }

    /// <summary>Length of the file in bytes.</summary>
    public long Length => Source.Length;

    /// <summary>The newest trailer dictionary.</summary>
    public PdfDictionary Trailer => CrossReference.Trailer;

    /// <summary>The cross-reference sections, newest first: each is what one update (or linearisation) wrote.</summary>
    public IReadOnlyList<CrossReferenceSection> Sections => CrossReference.Sections;

    /// <summary>Whether the trailer has /Encrypt, whatever its value (ISO 32000-2 §7.6.1).</summary>
    public bool IsEncrypted => Sections.Any(s => s.Trailer["Encrypt"] is not null);

    /// <summary>Reference to the catalog (ISO 32000-2 §7.7.2).</summary>
    public PdfReference CatalogReference =>
        Trailer["Root"] as PdfReference ?? throw new MalformedException("ISO 32000-2 §7.5.5", "/Root is no reference");

    /// <summary>The catalog.</summary>
    public PdfDictionary Catalog =>
        Resolve(CatalogReference) as PdfDictionary ?? throw new MalformedException("ISO 32000-2 §7.7.2", "the catalog is no dictionary");

    internal PdfSource Source { get; }

    internal PdfLimits Limits { get; }

    internal CrossReferenceTable CrossReference { get; }

    /// <summary>Opens a document in a seekable stream.</summary>
    /// <exception cref="MalformedException">its structure can't be read</exception>
    /// <exception cref="PdfRefusedException">it is damaged or beyond the limits</exception>
    public static PdfDocument Open(Stream document, PdfLimits? limits = null) =>
        new(new StreamSource(document), limits ?? PdfLimits.Default);

    /// <summary>Opens a document in memory.</summary>
    /// <inheritdoc cref="Open(Stream, PdfLimits?)"/>
    public static PdfDocument Open(ReadOnlyMemory<byte> document, PdfLimits? limits = null) =>
        new(new MemorySource(document), limits ?? PdfLimits.Default);

    /// <summary>The object itself where it is direct, the object that it refers to where it is a reference; null for null and nothing.</summary>
    public PdfObject? Resolve(PdfObject? value)
    {
        for (int i = 0; value is PdfReference reference; i++)
        {
            if (i == MaxIndirections)
            {
                throw new MalformedException("ISO 32000-2 §7.3.10", $"object {reference.Number} refers to itself");
            }
            value = Load(reference);
        }
        return value is PdfNull ? null : value;
    }

    /// <summary>The resolved value where it is of the type wanted, otherwise null.</summary>
    public T? Get<T>(PdfDictionary dictionary, string key)
        where T : PdfObject => Resolve(dictionary[key]) as T;

    /// <summary>The decoded data of a stream, within the limits.</summary>
    public byte[] Decode(PdfStream stream)
    {
        ReadOnlySpan<byte> encoded = stream.Data is { } data ? data : Encoded(stream);
        return StreamFilters.Decode(encoded, stream.Dictionary, Resolve, Limits.MaxDecodedStream);
    }

    /// <summary>The stream's data as in the file.</summary>
    internal ReadOnlySpan<byte> Encoded(PdfStream stream)
    {
        // The length first: looking it up moves the window.
        long length = (Resolve(stream.Dictionary["Length"]) as PdfInteger)?.Value ?? -1;
        if (length < 0 || length > Length - stream.DataOffset)
        {
            throw new MalformedException("ISO 32000-2 §7.3.8.2", $"the stream at offset {stream.DataOffset} has no usable /Length");
        }
        if (length > Limits.MaxDecodedStream)
        {
            throw StreamFilters.TooLarge(Limits.MaxDecodedStream);
        }
        return Source.Window(stream.DataOffset, (int)length)[..(int)length];
    }

    /// <summary>The document as its first bytes tell it.</summary>
    internal PdfDocument Until(long end) => end == Length ? this : new PdfDocument(new TruncatedSource(Source, end), Limits);

    /// <summary>From where to where an object that is written for itself reaches in the file.</summary>
    internal (long Start, long End)? ExtentOf(int number)
    {
        Entry entry = CrossReference[number];
        if (entry.Kind != EntryKind.InFile)
        {
            return null;
        }
        long offset = entry.Location + CrossReference.HeaderOffset;
        return (offset, Source.ParseAt(offset, Limits, (ref ObjectParser parser) => parser.Indirect()).End);
    }

    private PdfObject Load(PdfReference reference)
    {
        if (_objects.TryGetValue(reference.Number, out PdfObject? known))
        {
            return known;
        }
        Entry entry = CrossReference[reference.Number];
        if (entry.Kind is EntryKind.Absent or EntryKind.Free)
        {
            return PdfNull.Instance; // §7.3.10
        }
        if (!_loading.Add(reference.Number))
        {
            throw new MalformedException("ISO 32000-2 §7.5.7", $"object {reference.Number} is needed to read itself");
        }
        try
        {
            PdfObject value =
                entry.Kind == EntryKind.InFile ? LoadFromFile(reference.Number, entry) : LoadFromObjectStream(reference.Number, entry);
            if (_cached > Limits.ObjectCache)
            {
                _objects.Clear();
                _cached = 0;
            }
            return _objects[reference.Number] = value;
        }
        finally
        {
            _loading.Remove(reference.Number);
        }
    }

    private PdfObject LoadFromFile(int number, Entry entry)
    {
        long offset = entry.Location + CrossReference.HeaderOffset;
        if (offset < 0 || offset >= Length)
        {
            throw new PdfRefusedException(PdfRefusal.Damaged, $"object {number} is said to be at offset {offset}, outside the file");
        }
        IndirectObject found = Source.ParseAt(offset, Limits, (ref ObjectParser parser) => parser.Indirect());
        _cached += found.End - offset + NominalObjectSize;
        return found.Number == number
            ? found.Value
            : throw new PdfRefusedException(
                PdfRefusal.Damaged,
                $"object {number} is said to be at offset {offset}, where object {found.Number} is"
            );
    }

    private PdfObject LoadFromObjectStream(int number, Entry entry)
    {
        if (entry.Location is < 1 or > int.MaxValue || CrossReference[(int)entry.Location].Kind != EntryKind.InFile)
        {
            throw new MalformedException(
                "ISO 32000-2 §7.5.7",
                $"object {number} is said to be in object stream {entry.Location}, which is none"
            );
        }
        int container = (int)entry.Location;
        ObjectStream stream = _objectStreams.Find(container) ?? _objectStreams.Add(container, ReadObjectStream(container));
        PdfObject value = stream.Load(number, entry.Generation, Limits, out long size);
        _cached += size + NominalObjectSize;
        return value;
    }

    private ObjectStream ReadObjectStream(int number)
    {
        if (
            Load(new PdfReference(number, 0)) is not PdfStream { Dictionary: var dictionary } stream
            || !dictionary.HasName("Type", "ObjStm")
        )
        {
            throw new MalformedException("ISO 32000-2 §7.5.7", $"object {number} is no object stream");
        }
        byte[] data = Decode(stream);
        _decoded += data.Length;
        return _decoded <= Limits.MaxDecoded
            ? ObjectStream.Read(data, Resolve(dictionary["N"]), Resolve(dictionary["First"]), number, Limits)
            : throw new PdfRefusedException(PdfRefusal.TooLarge, $"object streams that decode to more than {Limits.MaxDecoded} bytes");
    }
}
