using System.Buffers;

namespace EContract.Pdf.Syntax;

/// <summary>Character classes of ISO 32000-2 §7.2.3.</summary>
internal static class Characters
{
    private static readonly SearchValues<byte> NotRegular = SearchValues.Create("\0\t\n\f\r ()<>[]{}/%"u8);

    public static bool IsWhiteSpace(byte b) => b is 0 or 9 or 10 or 12 or 13 or 32;

    public static bool IsDelimiter(byte b) =>
        b is (byte)'(' or (byte)')' or (byte)'<' or (byte)'>' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)'/' or (byte)'%';

    public static bool IsRegular(byte b) => !IsWhiteSpace(b) && !IsDelimiter(b);

    public static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            _ => -1,
        };

    /// <summary>How many regular characters the bytes begin with.</summary>
    public static int RegularLength(ReadOnlySpan<byte> bytes) => bytes.IndexOfAny(NotRegular) is var i and >= 0 ? i : bytes.Length;
}
