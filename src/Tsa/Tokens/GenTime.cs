namespace EContract.Tsa.Tokens;

/// <summary>genTime as GeneralizedTime: Z, no trailing zeros in the fraction (RFC 3161 §2.4.2, X.690 §11.7).</summary>
internal static class GenTime
{
    /// <summary>Tag, length, yyyyMMddHHmmss, '.', 7 digits, Z.</summary>
    public const int MaxLength = 2 + 14 + 1 + 7 + 1;

    private const byte GeneralizedTime = 0x18;

    /// <summary>Writes tag, length and content; returns how many octets.</summary>
    public static int Write(Span<byte> destination, DateTime utc)
    {
        (int year, int month, int day) = utc;
        Two(destination[2..], year / 100);
        Two(destination[4..], year % 100);
        Two(destination[6..], month);
        Two(destination[8..], day);
        Two(destination[10..], utc.Hour);
        Two(destination[12..], utc.Minute);
        Two(destination[14..], utc.Second);
        int end = 16;
        int fraction = (int)(utc.Ticks % TimeSpan.TicksPerSecond);
        if (fraction != 0)
        {
            destination[end++] = (byte)'.';
            for (int unit = (int)TimeSpan.TicksPerSecond / 10; fraction != 0; unit /= 10)
            {
                destination[end++] = (byte)('0' + fraction / unit);
                fraction %= unit;
            }
        }

        destination[end++] = (byte)'Z';
        destination[0] = GeneralizedTime;
        destination[1] = (byte)(end - 2);
        return end;
    }

    private static void Two(Span<byte> destination, int value)
    {
        destination[0] = (byte)('0' + value / 10);
        destination[1] = (byte)('0' + value % 10);
    }
}
