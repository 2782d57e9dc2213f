using System.Buffers.Binary;
using System.Text;

namespace EContract.Pdf.Fonts;

/// <summary>Writes the table directory and checksums of a font file (ISO/IEC 14496-22, organization of a font file).</summary>
internal static class FontFile
{
    /// <param name="tables">in ascending order of their tags, head among them</param>
    public static byte[] Write(IReadOnlyList<(string Tag, byte[] Data)> tables)
    {
        int directory = 12 + tables.Count * 16;
        byte[] file = new byte[directory + tables.Sum(table => (table.Data.Length + 3) / 4 * 4)];
        Span<byte> span = file;
        int power = (int)Math.Log2(tables.Count);
        BinaryPrimitives.WriteUInt32BigEndian(span, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(span[4..], (ushort)tables.Count);
        BinaryPrimitives.WriteUInt16BigEndian(span[6..], (ushort)(16 << power));
        BinaryPrimitives.WriteUInt16BigEndian(span[8..], (ushort)power);
        BinaryPrimitives.WriteUInt16BigEndian(span[10..], (ushort)(tables.Count * 16 - (16 << power)));
        int offset = directory;
        int head = 0;
        for (int i = 0; i < tables.Count; i++)
        {
            (string tag, byte[] data) = tables[i];
            Span<byte> record = span[(12 + i * 16)..];
            data.CopyTo(span[offset..]);
            if (tag == "head")
            {
                head = offset;
                BinaryPrimitives.WriteUInt32BigEndian(span[(head + 8)..], 0); // checkSumAdjustment counts as 0
            }
            int padded = (data.Length + 3) / 4 * 4;
            Encoding.ASCII.GetBytes(tag, record);
            BinaryPrimitives.WriteUInt32BigEndian(record[4..], Checksum(span.Slice(offset, padded)));
            BinaryPrimitives.WriteInt32BigEndian(record[8..], offset);
            BinaryPrimitives.WriteInt32BigEndian(record[12..], data.Length);
            offset += padded;
        }
        BinaryPrimitives.WriteUInt32BigEndian(span[(head + 8)..], 0xB1B0AFBA - Checksum(span));
        return file;
    }

    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (int i = 0; i < data.Length; i += 4)
        {
            sum = unchecked(sum + BinaryPrimitives.ReadUInt32BigEndian(data[i..]));
        }
        return sum;
    }
}
