namespace EContract.Pdf.Filters;

/// <summary>Predictors of Flate and LZW data (ISO 32000-2 §7.4.4.4): TIFF 2 for 8 bits, PNG (RFC 2083 §6).</summary>
internal static class Predictor
{
    private const string Clause = "ISO 32000-2 §7.4.4.4";

    public static byte[] Decode(byte[] data, Func<string, int, int> parameter, int limit)
    {
        int predictor = parameter("Predictor", 1);
        if (predictor <= 1)
        {
            return data;
        }
        int colors = parameter("Colors", 1);
        int bits = parameter("BitsPerComponent", 8);
        long bitsPerRow = (long)colors * bits * parameter("Columns", 1);
        if (colors is < 1 or > 32 || bits is not (1 or 2 or 4 or 8 or 16) || bitsPerRow < 1 || bitsPerRow > limit * 8L)
        {
            throw new MalformedException(Clause, "impossible predictor parameters");
        }
        int row = (int)((bitsPerRow + 7) / 8);
        int pixel = Math.Max(1, colors * bits / 8);
        return predictor == 2 ? Tiff(data, row, colors, bits) : Png(data, row, pixel);
    }

    /// <summary>Undoes the PNG filters of rows that each begin with their filter type.</summary>
    internal static byte[] Png(byte[] data, int row, int pixel)
    {
        int rows = (data.Length + row) / (row + 1);
        byte[] output = new byte[Math.Max(0, data.Length - rows)];
        ReadOnlySpan<byte> above = new byte[row];
        for (int y = 0, at = 0; y < rows; y++)
        {
            byte type = data[at];
            ReadOnlySpan<byte> source = data.AsSpan(at + 1, Math.Min(row, data.Length - at - 1));
            Span<byte> line = output.AsSpan(at - y, source.Length);
            Unfilter(type, source, above, line, pixel);
            at += row + 1;
            above = line;
        }
        return output;
    }

    private static void Unfilter(byte type, ReadOnlySpan<byte> source, ReadOnlySpan<byte> above, Span<byte> line, int pixel)
    {
        for (int x = 0; x < source.Length; x++)
        {
            int left = x >= pixel ? line[x - pixel] : 0;
            int up = above[x];
            int predicted = type switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => Paeth(left, up, x >= pixel ? above[x - pixel] : 0),
                _ => throw new MalformedException(Clause, $"PNG filter type {type}"),
            };
            line[x] = (byte)(source[x] + predicted);
        }
    }

    private static int Paeth(int left, int up, int upLeft)
    {
        int estimate = left + up - upLeft;
        int byLeft = Math.Abs(estimate - left);
        int byUp = Math.Abs(estimate - up);
        int byUpLeft = Math.Abs(estimate - upLeft);
        return byLeft <= byUp && byLeft <= byUpLeft ? left
            : byUp <= byUpLeft ? up
            : upLeft;
    }

    private static byte[] Tiff(byte[] data, int row, int colors, int bits)
    {
        if (bits != 8)
        {
            throw new MalformedException(Clause, $"TIFF predictor with {bits} bits where structure is expected");
        }
        for (int start = 0; start < data.Length; start += row)
        {
            int end = Math.Min(start + row, data.Length);
            for (int x = start + colors; x < end; x++)
            {
                data[x] += data[x - colors];
            }
        }
        return data;
    }
}
