using System.Buffers;
using System.Text;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// A request that can be read in one way only: known request line, known headers at most once each, a length, and the whole body.
/// This is no HTTP parser: what is odd, incomplete or unknown is not plain, and goes to Kestrel octet for octet, so that there are
/// no two readings of a request (RFC 9112 §11.2).
/// </summary>
internal readonly ref struct PlainRequest
{
    private static readonly SearchValues<byte> HostOctets = SearchValues.Create(
        "0123456789.-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    private PlainRequest(PlainRoute route, ReadOnlySpan<byte> body, int length)
    {
        Route = route;
        Body = body;
        Length = length;
    }

    private enum Header
    {
        Unknown = 0,
        Host = 1,
        ContentType = 2,
        ContentLength = 4,
        UserAgent = 8,
        Accept = 16,
        AcceptEncoding = 32,
    }

    public PlainRoute Route { get; }

    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Head and body in octets; what follows belongs to the next request.</summary>
    public int Length { get; }

    public static bool TryParse(ReadOnlySpan<byte> received, ReadOnlySpan<PlainRoute> routes, out PlainRequest request)
    {
        foreach (var route in routes)
        {
            if (received.StartsWith(route.RequestLine))
            {
                return TryParseHeaders(received, route, out request);
            }
        }

        request = default;
        return false;
    }

    private static bool TryParseHeaders(ReadOnlySpan<byte> received, PlainRoute route, out PlainRequest request)
    {
        request = default;
        var seen = Header.Unknown;
        var length = 0;
        var at = route.RequestLine.Length;
        while (true)
        {
            var line = received[at..];
            var end = line.IndexOf((byte)'\r');
            if (end < 0 || end + 1 >= line.Length || line[end + 1] != '\n')
            {
                return false;
            }

            at += end + 2;
            if (end == 0)
            {
                break;
            }

            if (!TryParseHeader(line[..end], route, out var header, ref length) || (seen & header) != 0)
            {
                return false;
            }

            seen |= header;
        }

        const Header Needed = Header.Host | Header.ContentType | Header.ContentLength;
        if ((seen & Needed) != Needed || received.Length - at < length)
        {
            return false;
        }

        request = new PlainRequest(route, received.Slice(at, length), at + length);
        return true;
    }

    private static bool TryParseHeader(ReadOnlySpan<byte> line, PlainRoute route, out Header header, ref int length)
    {
        var colon = line.IndexOf((byte)':');
        header = colon < 0 ? Header.Unknown : Find(line[..colon]);
        if (header == Header.Unknown || line.Length < colon + 3 || line[colon + 1] != ' ')
        {
            return false;
        }

        var value = line[(colon + 2)..];
        return value[0] != ' '
            && value[^1] != ' '
            && header switch
            {
                Header.ContentType => value.SequenceEqual(route.RequestType),
                Header.ContentLength => TryParseLength(value, route.MaxBody, out length),
                Header.Host => IsHost(value),
                _ => value.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0,
            };
    }

    private static Header Find(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            4 when Ascii.EqualsIgnoreCase(name, "Host"u8) => Header.Host,
            6 when Ascii.EqualsIgnoreCase(name, "Accept"u8) => Header.Accept,
            10 when Ascii.EqualsIgnoreCase(name, "User-Agent"u8) => Header.UserAgent,
            12 when Ascii.EqualsIgnoreCase(name, "Content-Type"u8) => Header.ContentType,
            14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8) => Header.ContentLength,
            15 when Ascii.EqualsIgnoreCase(name, "Accept-Encoding"u8) => Header.AcceptEncoding,
            _ => Header.Unknown,
        };

    // One spelling of a number: no sign, no leading zero, no list.
    private static bool TryParseLength(ReadOnlySpan<byte> value, int max, out int length)
    {
        length = 0;
        if (value.Length > 7 || value[0] == '0')
        {
            return false;
        }

        foreach (var digit in value)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            length = length * 10 + digit - '0';
        }

        return length <= max;
    }

    // A name or an IPv4 address, and perhaps a port of 1 to 5 digits.
    private static bool IsHost(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        var name = colon < 0 ? value : value[..colon];
        var port = colon < 0 ? "1"u8 : value[(colon + 1)..];
        return !name.IsEmpty
            && !name.ContainsAnyExcept(HostOctets)
            && port.Length is > 0 and <= 5
            && !port.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
