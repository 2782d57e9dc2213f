namespace EContract.Signer.Archive.Augmentation;

/// <summary>A document in a seekable stream with updates appended in memory: a new revision can be read before it is written anywhere. The stream is not owned.</summary>
internal sealed class AppendedStream(Stream original) : Stream
{
    private readonly MemoryStream _appended = new();
    private readonly long _originalLength = original.Length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _originalLength + _appended.Length;

    public override long Position { get; set; }

    /// <summary>Everything that was appended.</summary>
    public ReadOnlyMemory<byte> Appended => _appended.GetBuffer().AsMemory(0, (int)_appended.Length);

    public void Append(ReadOnlySpan<byte> update)
    {
        _appended.Position = _appended.Length;
        _appended.Write(update);
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (Position < _originalLength)
        {
            original.Position = Position;
            read = original.Read(buffer[..(int)Math.Min(buffer.Length, _originalLength - Position)]);
        }
        else
        {
            _appended.Position = Position - _originalLength;
            read = _appended.Read(buffer);
        }

        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
