namespace EContract.Pdf.Syntax;

/// <summary>A document in a seekable stream, read through one window. Owns the stream's position, not the stream.</summary>
internal sealed class StreamSource : PdfSource
{
    private const int Smallest = 16 * 1024;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[Smallest];
    private long _start;
    private int _count;

    public StreamSource(Stream stream)
    {
        if (!stream.CanSeek || !stream.CanRead)
        {
            throw new ArgumentException("A document is read at random: spool it into a seekable stream first.", nameof(stream));
        }
        _stream = stream;
        Length = stream.Length;
    }

    public override long Length { get; }

    public override ReadOnlySpan<byte> Window(long offset, int minimum)
    {
        offset = Math.Min(offset, Length);
        int wanted = (int)Math.Min(minimum, Length - offset);
        if (offset < _start || offset + wanted > _start + _count)
        {
            int size = Math.Max(wanted, Smallest);
            if (_buffer.Length < size)
            {
                _buffer = new byte[size];
            }
            _stream.Position = offset;
            _start = offset;
            _count = _stream.ReadAtLeast(_buffer.AsSpan(0, size), size, throwOnEndOfStream: false);
            if (_count < wanted)
            {
                throw new EndOfStreamException("The document became shorter while it was read.");
            }
        }
        return _buffer.AsSpan((int)(offset - _start), (int)(_start + _count - offset));
    }
}
