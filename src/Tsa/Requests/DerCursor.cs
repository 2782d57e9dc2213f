namespace EContract.Tsa.Requests;

/// <summary>Reads DER from a span without allocating. Knows only what a TimeStampReq holds: one-octet tags, definite lengths.</summary>
internal ref struct DerCursor(ReadOnlySpan<byte> bytes)
{
    public const byte Boolean = 0x01;
    public const byte Integer = 0x02;
    public const byte OctetString = 0x04;
    public const byte ObjectIdentifier = 0x06;
    public const byte Sequence = 0x30;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public readonly bool IsNext(byte tag) => !_rest.IsEmpty && _rest[0] == tag;

    /// <summary>The next value, which must have this tag: its content, and its whole encoding.</summary>
    public bool TryRead(byte tag, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> encoded)
    {
        content = default;
        encoded = default;
        ReadOnlySpan<byte> rest = _rest;
        if (rest.Length < 2 || rest[0] != tag)
        {
            return false;
        }

        int header = 2;
        int length = rest[1];
        if (length >= 0x80)
        {
            // X.690 §10.1: definite form in the fewest octets; more than 3 can't be in a body of at most 1 MB
            int octets = length & 0x7F;
            if (octets is 0 or > 3 || rest.Length < 2 + octets || rest[2] == 0)
            {
                return false;
            }

            length = 0;
            for (int i = 0; i < octets; i++)
            {
                length = (length << 8) | rest[2 + i];
            }

            if (length < 0x80)
            {
                return false;
            }

            header += octets;
        }

        if (rest.Length - header < length)
        {
            return false;
        }

        content = rest.Slice(header, length);
        encoded = rest[..(header + length)];
        _rest = rest[(header + length)..];
        return true;
    }

    /// <summary>X.690 §8.3.2: at least one octet, and the first nine bits neither all zero nor all one.</summary>
    public static bool IsInteger(ReadOnlySpan<byte> content) =>
        content.Length == 1
        || (content.Length > 1 && !(content[0] == 0 && content[1] < 0x80) && !(content[0] == 0xFF && content[1] >= 0x80));

    /// <summary>X.690 §8.19.2: sub-identifiers in the fewest octets, the last one complete.</summary>
    public static bool IsObjectIdentifier(ReadOnlySpan<byte> content)
    {
        bool atStart = true;
        foreach (byte octet in content)
        {
            if (atStart && octet == 0x80)
            {
                return false;
            }

            atStart = octet < 0x80;
        }

        return !content.IsEmpty && atStart;
    }
}
