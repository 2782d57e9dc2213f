using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace EContract.Pdf.Tests;

/// <summary>Small images made by hand: a red disc on white or on nothing.</summary>
internal static class TestImages
{
    private const int Size = 64;

    /// <summary>A baseline JPEG of 8 × 8 grey pixels.</summary>
    public static byte[] Jpeg { get; } =
        Convert.FromHexString(
            "FFD8FFE000104A46494600010100000100010000FFDB004300100B0C0E0C0A100E0D0E1211101318281A181616183123251D283A333D3C3933383740485C4E404457453738506D51575F626768673E4D71797064785C656763FFC0000B080008000801011100FFC4001F0000010501010101010100000000000000000102030405060708090A0BFFC400B5100002010303020403050504040000017D01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FAFFDA0008010100003F00D2A28A2BFFD9"
        );

    /// <summary>A PNG of a colour type (ISO/IEC 15948 Table 11.1) and bit depth, plain or interlaced.</summary>
    public static byte[] Png(int colorType, int bits, bool interlaced = false)
    {
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n\u001A\n"u8]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Size);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Size);
        (header[8], header[9], header[12]) = ((byte)bits, (byte)colorType, (byte)(interlaced ? 1 : 0));
        Chunk(file, "IHDR", header);
        if (colorType == 3)
        {
            Chunk(file, "PLTE", [255, 255, 255, 200, 16, 16]);
            Chunk(file, "tRNS", [0]);
        }
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            (int X, int Y, int Dx, int Dy)[] passes = interlaced
                ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
                : [(0, 0, 1, 1)];
            foreach ((int x0, int y0, int dx, int dy) in passes)
            {
                for (int y = y0; y < Size; y += dy)
                {
                    deflate.WriteByte(0);
                    deflate.Write(Row(y, x0, dx, colorType, bits));
                }
            }
        }
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Row(int y, int x0, int dx, int colorType, int bits)
    {
        var row = new List<byte>();
        int held = 0;
        int count = 0;
        void Put(int value)
        {
            if (bits == 16)
            {
                row.AddRange([(byte)value, (byte)value]);
                return;
            }
            held = (held << bits) | (bits == 8 ? value : value & ((1 << bits) - 1));
            count += bits;
            if (count == 8)
            {
                row.Add((byte)held);
                (held, count) = (0, 0);
            }
        }
        for (int x = x0; x < Size; x += dx)
        {
            bool inside = (x - 31.5) * (x - 31.5) + (y - 31.5) * (y - 31.5) < 900;
            foreach (
                int value in colorType switch
                {
                    0 => (ReadOnlySpan<int>)[inside ? 0 : 255],
                    2 => inside ? [200, 16, 16] : [255, 255, 255],
                    3 => [inside ? 1 : 0],
                    4 => [inside ? 0 : 255, inside ? 255 : 0],
                    _ => inside ? [200, 16, 16, 255] : [255, 255, 255, 0],
                }
            )
            {
                Put(value);
            }
        }
        if (count > 0)
        {
            row.Add((byte)(held << (8 - count)));
        }
        return [.. row];
    }

    private static void Chunk(MemoryStream file, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(byte[] data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            }
        }
        return ~crc;
    }
}
