using EContract.Pki.Asn1;

namespace EContract.Tsa.Tokens;

/// <summary>Writes tags and lengths by hand, forwards and backwards.</summary>
internal static class DerLength
{
    /// <summary>Writes tag and length at the start of <paramref name="destination"/>; returns how many octets.</summary>
    public static int Write(Span<byte> destination, byte tag, int length)
    {
        int octets = Der.LengthOfLength(length);
        destination[0] = tag;
        if (octets == 1)
        {
            destination[1] = (byte)length;
            return 2;
        }

        destination[1] = (byte)(0x80 | (octets - 1));
        for (int i = octets - 1; i > 0; i--)
        {
            destination[1 + i] = (byte)length;
            length >>= 8;
        }

        return 1 + octets;
    }

    /// <summary>Writes tag and length so that they end before <paramref name="end"/>; returns where they start.</summary>
    public static int WriteBefore(Span<byte> buffer, int end, byte tag, int length)
    {
        int start = end - 1 - Der.LengthOfLength(length);
        Write(buffer[start..], tag, length);
        return start;
    }

    /// <summary>Copies so that the copy ends before <paramref name="end"/>; returns where it starts.</summary>
    public static int CopyBefore(Span<byte> buffer, int end, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer[(end - bytes.Length)..]);
        return end - bytes.Length;
    }
}
