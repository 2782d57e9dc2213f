using System.IO.Compression;

namespace EContract.Pdf.Filters;

/// <summary>FlateDecode (ISO 32000-2 §7.4.4, RFC 1950).</summary>
internal static class Flate
{
    public static byte[] Decode(byte[] data, int limit)
    {
        using var source = new MemoryStream(data, writable: false);
        using var inflate = new ZLibStream(source, CompressionMode.Decompress);
        byte[] output = new byte[Math.Clamp(data.Length * 4L, 256, Math.Min(limit, 1 << 20))];
        int count = 0;
        try
        {
            while (true)
            {
                if (count == output.Length)
                {
                    if (count >= limit)
                    {
                        throw StreamFilters.TooLarge(limit);
                    }
                    Array.Resize(ref output, (int)Math.Min(limit, output.Length * 2L));
                }
                int read = inflate.Read(output, count, output.Length - count);
                if (read == 0)
                {
                    break;
                }
                count += read;
            }
        }
        // IOException: zlib wants a preset dictionary, and PDF has none.
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new MalformedException("ISO 32000-2 §7.4.4", "Flate data are damaged", e);
        }
        return output[..count];
    }

    public static byte[] Encode(ReadOnlySpan<byte> data, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var output = new MemoryStream();
        using (var deflate = new ZLibStream(output, level, leaveOpen: true))
        {
            deflate.Write(data);
        }
        return output.ToArray();
    }
}
