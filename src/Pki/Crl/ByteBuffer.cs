namespace EContract.Pki.Crl;

/// <summary>Bytes in fixed-size blocks: grows without the doubling that would hold a large CRL three times in memory.</summary>
internal sealed class ByteBuffer
{
    private const int BlockSize = 1 << 20;
    private readonly List<(byte[] Bytes, int Used)> _blocks = [];

    public int Length { get; private set; }

    public Span<byte> GetSpan(int size)
    {
        if (_blocks.Count == 0 || BlockSize - _blocks[^1].Used < size)
        {
            // An entry is far smaller than a block, but nothing forbids a huge one.
            _blocks.Add((new byte[Math.Max(BlockSize, size)], 0));
        }

        var (bytes, used) = _blocks[^1];
        return bytes.AsSpan(used);
    }

    public void Advance(int count)
    {
        var (bytes, used) = _blocks[^1];
        _blocks[^1] = (bytes, used + count);
        Length += count;
    }

    public void CopyTo(Span<byte> destination)
    {
        foreach (var (bytes, used) in _blocks)
        {
            bytes.AsSpan(0, used).CopyTo(destination);
            destination = destination[used..];
        }
    }

    public void Clear()
    {
        _blocks.Clear();
        Length = 0;
    }
}
