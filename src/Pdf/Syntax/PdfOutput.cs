using System.Buffers.Text;

namespace EContract.Pdf.Syntax;

/// <summary>A growing buffer that objects are written to; puts white space between tokens only where the syntax needs it.</summary>
internal sealed class PdfOutput
{
    private byte[] _buffer = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, Length);

    public byte[] ToArray() => WrittenSpan.ToArray();

    public void Byte(byte value)
    {
        if (Length == _buffer.Length)
        {
            Grow(1);
        }
        _buffer[Length++] = value;
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - Length)
        {
            Grow(bytes.Length);
        }
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Repeats a byte.</summary>
    public void Fill(byte value, int count)
    {
        if (count > _buffer.Length - Length)
        {
            Grow(count);
        }
        _buffer.AsSpan(Length, count).Fill(value);
        Length += count;
    }

    public void HexByte(byte value)
    {
        Byte((byte)"0123456789ABCDEF"[value >> 4]);
        Byte((byte)"0123456789ABCDEF"[value & 15]);
    }

    /// <summary>A token of regular characters, kept apart from one before it.</summary>
    public void Token(string ascii)
    {
        Separate();
        foreach (char c in ascii)
        {
            Byte((byte)c);
        }
    }

    public void Integer(long value)
    {
        Separate();
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int written);
        Raw(digits[..written]);
    }

    /// <summary>Overwrites bytes that were written before.</summary>
    public void Patch(int offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_buffer.AsSpan(offset, bytes.Length));

    private void Separate()
    {
        if (Length > 0 && Characters.IsRegular(_buffer[Length - 1]))
        {
            Byte((byte)' ');
        }
    }

    private void Grow(int more) => Array.Resize(ref _buffer, Math.Max(checked(Length + more), _buffer.Length * 2));
}
