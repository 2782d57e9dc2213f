namespace EContract.Pdf.Filters;

/// <summary>LZWDecode (ISO 32000-2 §7.4.4.2).</summary>
internal static class Lzw
{
    private const int Clear = 256;
    private const int EndOfData = 257;

    public static byte[] Decode(ReadOnlySpan<byte> data, int earlyChange, int limit)
    {
        var output = new List<byte>(Math.Min(limit, data.Length * 4));
        // A table entry is a run of the output: where it begins and how long it is.
        Span<(int Start, int Length)> table = new (int, int)[4096];
        int next = 258;
        int width = 9;
        bool first = true;
        (int Start, int Length) previous = default;
        uint bits = 0;
        int available = 0;
        for (int i = 0; ; )
        {
            while (available < width && i < data.Length)
            {
                bits = (bits << 8) | data[i++];
                available += 8;
            }
            if (available < width)
            {
                return [.. output]; // missing end-of-data is tolerated
            }
            available -= width;
            int code = (int)(bits >> available) & ((1 << width) - 1);
            if (code == EndOfData)
            {
                return [.. output];
            }
            if (code == Clear)
            {
                (next, width, first) = (258, 9, true);
                continue;
            }
            int start = output.Count;
            if (code < 256)
            {
                output.Add((byte)code);
            }
            else
            {
                // The entry just being made is the previous run and its first byte again.
                (int Start, int Length) entry =
                    code < next ? table[code]
                    : code == next && !first ? (previous.Start, previous.Length + 1)
                    : throw new MalformedException("ISO 32000-2 §7.4.4.2", $"code {code} before it is defined");
                if (output.Count + (long)entry.Length > limit)
                {
                    throw StreamFilters.TooLarge(limit);
                }
                for (int k = 0; k < entry.Length; k++)
                {
                    output.Add(output[entry.Start + k]);
                }
            }
            if (output.Count > limit)
            {
                throw StreamFilters.TooLarge(limit);
            }
            if (!first && next < 4096)
            {
                table[next++] = (previous.Start, previous.Length + 1);
                if (next + earlyChange >= 1 << width && width < 12)
                {
                    width++;
                }
            }
            previous = (start, output.Count - start);
            first = false;
        }
    }
}
