namespace EContract.Pdf.Filters;

/// <summary>RunLengthDecode (ISO 32000-2 §7.4.5).</summary>
internal static class RunLength
{
    public static byte[] Decode(ReadOnlySpan<byte> data, int limit)
    {
        var output = new List<byte>(data.Length * 2);
        for (int i = 0; i < data.Length && data[i] != 128; )
        {
            int length = data[i++];
            if (length < 128)
            {
                int count = Math.Min(length + 1, data.Length - i);
                output.AddRange(data.Slice(i, count));
                i += count;
            }
            else if (i < data.Length)
            {
                output.AddRange(Enumerable.Repeat(data[i++], 257 - length));
            }
            if (output.Count > limit)
            {
                throw StreamFilters.TooLarge(limit);
            }
        }
        return [.. output];
    }
}
