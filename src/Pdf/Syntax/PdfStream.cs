namespace EContract.Pdf.Syntax;

/// <summary>A stream (ISO 32000-2 §7.3.8): its data are in memory when made by us, in the file when parsed.</summary>
public sealed class PdfStream : PdfObject
{
    private readonly byte[]? _data;

    internal PdfStream(PdfDictionary dictionary, long dataOffset)
    {
        Dictionary = dictionary;
        DataOffset = dataOffset;
    }

    /// <summary>A stream with encoded data; /Length is set from them.</summary>
    public PdfStream(PdfDictionary dictionary, byte[] data)
    {
        Dictionary = dictionary.With("Length", PdfInteger.Of(data.Length));
        DataOffset = -1;
        _data = data;
    }

    /// <summary>The stream dictionary.</summary>
    public PdfDictionary Dictionary { get; }

    /// <summary>Where the encoded data begin in the file, or -1 when they are in memory.</summary>
    internal long DataOffset { get; }

    /// <summary>The encoded data of a stream made in memory.</summary>
    internal byte[]? Data => _data;

    internal override void Write(PdfOutput output)
    {
        Dictionary.Write(output);
        output.Raw("\nstream\n"u8);
        output.Raw(_data ?? throw new InvalidOperationException("A stream of the original is never rewritten."));
        output.Raw("\nendstream"u8);
    }
}
