using System.Globalization;

namespace EContract.Hosting.Clock;

/// <summary>Where an NTP server is.</summary>
internal readonly record struct NtpAddress(string Host, int Port)
{
    private const int DefaultPort = 123; // RFC 5905 §5

    public static bool TryParse(string text, out NtpAddress address)
    {
        int colon = text.LastIndexOf(':');
        // A bare IPv6 address has several colons and no port.
        bool hasPort = colon > 0 && (text.IndexOf(':', StringComparison.Ordinal) == colon || text[colon - 1] == ']');
        int port = DefaultPort;
        string host = (hasPort ? text[..colon] : text).Trim('[', ']');
        address = default;
        if (
            host.Length == 0
            || (hasPort && !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            || port is 0 or > 65535
        )
        {
            return false;
        }

        address = new NtpAddress(host, port);
        return true;
    }
}
