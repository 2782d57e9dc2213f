using EContract.Pdf.Syntax;

namespace EContract.Pdf.CrossReference;

/// <summary>A decoded object stream (ISO 32000-2 §7.5.7).</summary>
internal sealed class ObjectStream
{
    private readonly byte[] _data;
    private readonly (int Number, int Offset)[] _index;
    private readonly int _number;

    private ObjectStream(byte[] data, (int, int)[] index, int number)
    {
        _data = data;
        _index = index;
        _number = number;
    }

    public int Size => _data.Length + _index.Length * 8;

    public static ObjectStream Read(byte[] data, PdfObject? n, PdfObject? first, int number, PdfLimits limits)
    {
        if (
            n is not PdfInteger { Value: >= 0 } count
            || first is not PdfInteger { Value: >= 0 } start
            || start.Value > data.Length
            || count.Value > data.Length
        )
        {
            throw new MalformedException("ISO 32000-2 §7.5.7", $"object stream {number} without usable /N and /First");
        }
        var index = new (int, int)[count.Value];
        var parser = new ObjectParser(data.AsSpan(0, (int)start.Value), 0, final: true, limits);
        for (int i = 0; i < index.Length; i++)
        {
            if (
                !parser.TryUnsigned(out long member)
                || !parser.TryUnsigned(out long offset)
                || member > int.MaxValue
                || offset > data.Length - start.Value
            )
            {
                throw new MalformedException("ISO 32000-2 §7.5.7", $"the index of object stream {number}");
            }
            index[i] = ((int)member, (int)(start.Value + offset));
        }
        return new ObjectStream(data, index, number);
    }

    public PdfObject Load(int number, int position, PdfLimits limits, out long size)
    {
        if (position >= _index.Length || _index[position].Number != number)
        {
            position = Array.FindIndex(_index, entry => entry.Number == number);
        }
        if (position < 0)
        {
            throw new MalformedException("ISO 32000-2 §7.5.7", $"object {number} isn't in object stream {_number}");
        }
        int offset = _index[position].Offset;
        var parser = new ObjectParser(_data.AsSpan(offset), offset, final: true, limits);
        PdfObject value = parser.Object();
        size = parser.Position - offset;
        return value;
    }
}
