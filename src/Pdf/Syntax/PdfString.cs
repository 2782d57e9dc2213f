using System.Text;

namespace EContract.Pdf.Syntax;

/// <summary>A string (ISO 32000-2 §7.3.4), literal or hexadecimal.</summary>
public sealed class PdfString : PdfObject
{
    private readonly byte[] _bytes;
    private readonly bool _hex;

    internal PdfString(byte[] bytes, bool hex)
    {
        _bytes = bytes;
        _hex = hex;
    }

    /// <summary>The bytes, escapes resolved.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>A hexadecimal string.</summary>
    public static PdfString Hex(ReadOnlySpan<byte> bytes) => new(bytes.ToArray(), hex: true);

    /// <summary>A text string (ISO 32000-2 §7.9.2.2): as it is where ASCII, otherwise UTF-16BE with its mark.</summary>
    public static PdfString Text(string text) =>
        text.All(c => c is >= ' ' and <= '~')
            ? new PdfString(Encoding.ASCII.GetBytes(text), hex: false)
            : new PdfString([0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)], hex: true);

    /// <summary>A date (ISO 32000-2 §7.9.4), to the second, with its offset from UTC.</summary>
    public static PdfString Date(DateTimeOffset time)
    {
        string offset =
            time.Offset == TimeSpan.Zero ? "Z" : $"{(time.Offset < TimeSpan.Zero ? '-' : '+')}{time.Offset:hh}'{time.Offset:mm}'";
        return new PdfString(Encoding.ASCII.GetBytes($"D:{time:yyyyMMddHHmmss}{offset}"), hex: false);
    }

    /// <summary>The text of a text string: UTF-16BE, UTF-8 or PDFDocEncoding (ISO 32000-2 §7.9.2.2).</summary>
    public string ToText() =>
        _bytes switch
        {
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(_bytes, 2, _bytes.Length - 2),
            // Not in the standard, but read by every viewer.
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(_bytes, 2, _bytes.Length - 2),
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(_bytes, 3, _bytes.Length - 3),
            _ => PdfDocEncoding.Decode(_bytes),
        };

    internal override void Write(PdfOutput output)
    {
        if (_hex)
        {
            output.Byte((byte)'<');
            foreach (byte b in _bytes)
            {
                output.HexByte(b);
            }
            output.Byte((byte)'>');
            return;
        }
        output.Byte((byte)'(');
        foreach (byte b in _bytes)
        {
            switch (b)
            {
                case (byte)'(' or (byte)')' or (byte)'\\':
                    output.Byte((byte)'\\');
                    output.Byte(b);
                    break;
                // §7.3.4.2: an end-of-line within a literal string reads as LF, so a CR must be escaped to survive.
                case (byte)'\r':
                    output.Raw("\\r"u8);
                    break;
                case (byte)'\n':
                    output.Raw("\\n"u8);
                    break;
                default:
                    output.Byte(b);
                    break;
            }
        }
        output.Byte((byte)')');
    }
}
