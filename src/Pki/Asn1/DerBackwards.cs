using System.Globalization;

namespace EContract.Pki.Asn1;

/// <summary>
/// Writes DER from its last octet to its first, so that each length is known when its header is written and nothing is moved. For
/// measured hot paths only; the AsnWriter form is in the tests, which compare the two octet by octet.
/// </summary>
public ref struct DerBackwards(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Where what has been written begins; to be given to <see cref="Wrap"/> later.</summary>
    public int Start { get; private set; } = buffer.Length;

    public void Put(ReadOnlySpan<byte> encoded)
    {
        Start -= encoded.Length;
        encoded.CopyTo(_buffer[Start..]);
    }

    public void Put(byte octet) => _buffer[--Start] = octet;

    /// <summary>Puts tag and length before everything written since <paramref name="end"/>.</summary>
    public void Wrap(byte tag, int end)
    {
        var length = end - Start;
        if (length < 0x80)
        {
            Put((byte)length);
        }
        else
        {
            var octets = 0;
            for (; length > 0; length >>= 8, octets++)
            {
                Put((byte)length);
            }

            Put((byte)(0x80 | octets));
        }

        Put(tag);
    }

    /// <summary>GeneralizedTime as RFC 5280 §4.1.2.5.2 wants it: YYYYMMDDHHMMSSZ.</summary>
    public void PutGeneralizedTime(DateTimeOffset time)
    {
        var end = Start;
        Start -= 15;
        if (!time.UtcDateTime.TryFormat(_buffer.Slice(Start, 15), out _, "yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture))
        {
            throw new ArgumentOutOfRangeException(nameof(time));
        }

        Wrap(0x18, end);
    }
}
