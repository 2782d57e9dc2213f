namespace EContract.Pdf.Syntax;

/// <summary>Room in an update for what is known only later; remembers where it was written.</summary>
internal sealed class PdfPlaceholder(byte first, byte fill, byte last, int length) : PdfObject
{
    /// <summary>Offset in the output.</summary>
    public int Offset { get; private set; } = -1;

    public int Length => length;

    /// <summary>A hexadecimal string of zeros for so many bytes.</summary>
    public static PdfPlaceholder Contents(int bytes) => new((byte)'<', (byte)'0', (byte)'>', checked(bytes * 2 + 2));

    /// <summary>An array, wide enough for any ByteRange.</summary>
    public static PdfPlaceholder ByteRange() => new((byte)'[', (byte)' ', (byte)']', "[0 9999999999 9999999999 9999999999]".Length);

    internal override void Write(PdfOutput output)
    {
        Offset = output.Length;
        output.Byte(first);
        output.Fill(fill, length - 2);
        output.Byte(last);
    }
}
