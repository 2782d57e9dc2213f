using EContract.Pdf.Syntax;

namespace EContract.Pdf.Filters;

/// <summary>ASCIIHexDecode and ASCII85Decode (ISO 32000-2 §7.4.2, §7.4.3).</summary>
internal static class AsciiFilters
{
    public static byte[] DecodeHex(ReadOnlySpan<byte> data)
    {
        byte[] output = new byte[data.Length / 2 + 1];
        int count = 0;
        foreach (byte b in data)
        {
            if (b == '>')
            {
                break;
            }
            int value = Characters.HexValue(b);
            if (value >= 0)
            {
                output[count >> 1] |= (byte)((count & 1) == 0 ? value << 4 : value);
                count++;
            }
            else if (!Characters.IsWhiteSpace(b))
            {
                throw new MalformedException("ISO 32000-2 §7.4.2", "no hexadecimal digit");
            }
        }
        return output[..((count + 1) / 2)];
    }

    public static byte[] Decode85(ReadOnlySpan<byte> data, int limit)
    {
        var output = new List<byte>(data.Length);
        Span<byte> group = stackalloc byte[4];
        uint value = 0;
        int digits = 0;
        foreach (byte b in data)
        {
            if (output.Count > limit)
            {
                throw StreamFilters.TooLarge(limit);
            }
            switch (b)
            {
                case (byte)'~':
                    goto end;
                case (byte)'z' when digits == 0:
                    output.AddRange([0, 0, 0, 0]);
                    break;
                case >= (byte)'!' and <= (byte)'u':
                    value = unchecked(value * 85 + (uint)(b - '!'));
                    if (++digits == 5)
                    {
                        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(group, value);
                        output.AddRange(group);
                        (value, digits) = (0, 0);
                    }
                    break;
                default:
                    if (!Characters.IsWhiteSpace(b))
                    {
                        throw new MalformedException("ISO 32000-2 §7.4.3", "no base-85 digit");
                    }
                    break;
            }
        }
        end:
        if (digits > 1)
        {
            for (int i = digits; i < 5; i++)
            {
                value = unchecked(value * 85 + 84);
            }
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(group, value);
            output.AddRange(group[..(digits - 1)]);
        }
        return [.. output];
    }
}
