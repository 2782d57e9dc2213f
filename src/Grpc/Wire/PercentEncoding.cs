using System.Buffers;
using System.Globalization;
using System.Text;

namespace EContract.Grpc.Wire;

/// <summary>The form of <c>grpc-message</c>: UTF-8, with everything but space and visible ASCII other than % as %XX.</summary>
internal static class PercentEncoding
{
    // PROTOCOL-HTTP2.md: Percent-Byte-Unencoded → 1*( %x20-%x24 / %x26-%x7E )
    private static readonly SearchValues<char> Unencoded = SearchValues.Create(
        Enumerable.Range(0x20, 0x5F).Select(c => (char)c).Where(c => c != '%').ToArray()
    );

    public static string Encode(string message)
    {
        var first = message.AsSpan().IndexOfAnyExcept(Unencoded);
        if (first < 0)
        {
            return message;
        }

        var result = new StringBuilder(message, 0, first, message.Length + 32);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in message.AsSpan(first).EnumerateRunes())
        {
            if (rune.Value is >= 0x20 and <= 0x7E and not '%')
            {
                result.Append((char)rune.Value);
                continue;
            }

            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
            {
                result.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return result.ToString();
    }

    /// <summary>Never fails: a broken %XX stays as it is, bytes that are not UTF-8 become U+FFFD.</summary>
    public static string Decode(string value)
    {
        if (!value.Contains('%', StringComparison.Ordinal))
        {
            return value;
        }

        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        try
        {
            var length = 0;
            var rest = value.AsSpan();
            while (!rest.IsEmpty)
            {
                var percent = rest.IndexOf('%');
                var literal = percent < 0 ? rest : rest[..percent];
                length += Encoding.UTF8.GetBytes(literal, rented.AsSpan(length));
                rest = rest[literal.Length..];
                if (rest.IsEmpty)
                {
                    break;
                }

                var isOctet = rest.Length >= 3 && char.IsAsciiHexDigit(rest[1]) && char.IsAsciiHexDigit(rest[2]);
                rented[length++] = isOctet
                    ? byte.Parse(rest.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                    : (byte)'%';
                rest = rest[(isOctet ? 3 : 1)..];
            }

            return Encoding.UTF8.GetString(rented, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
