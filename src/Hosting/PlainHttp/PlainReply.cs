using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace EContract.Hosting.PlainHttp;

/// <summary>An answer in one buffer, head as Kestrel would write it. Owned by one thread, used again for every request.</summary>
public sealed class PlainReply
{
    private const int MaxHead = 512;
    private readonly TimeProvider _time;
    private readonly byte[] _server;
    private readonly byte[] _date = new byte[29]; // RFC 9110 §5.6.7: IMF-fixdate
    private long _second = -1; // that _date tells
    private byte[] _buffer = new byte[8 * 1024];
    private int _length;
    private PlainRoute? _route;

    internal PlainReply(TimeProvider time, bool namesServer)
    {
        _time = time;
        _server = namesServer ? Encoding.ASCII.GetBytes("Server: Kestrel\r\n") : [];
    }

    /// <summary>Head and body; empty until it is written.</summary>
    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>200.</summary>
    public void Ok(ReadOnlySpan<byte> body) => Write("HTTP/1.1 200 OK\r\n"u8, body, default);

    /// <summary>429: the caller should come again in a second.</summary>
    public void TooManyRequests(ReadOnlySpan<byte> body) => Write("HTTP/1.1 429 Too Many Requests\r\n"u8, body, "Retry-After: 1\r\n"u8);

    internal void Begin(PlainRoute route)
    {
        _route = route;
        _length = 0;
    }

    private void Write(ReadOnlySpan<byte> status, ReadOnlySpan<byte> body, ReadOnlySpan<byte> retry)
    {
        if (_buffer.Length < MaxHead + body.Length)
        {
            _buffer = new byte[MaxHead + body.Length];
        }

        _length = 0;
        Append(status);
        Append("Content-Length: "u8);
        Utf8Formatter.TryFormat(body.Length, _buffer.AsSpan(_length), out var digits);
        _length += digits;
        Append("\r\nContent-Type: "u8);
        Append(_route!.ReplyType);
        Append("\r\nDate: "u8);
        Append(Date());
        Append("\r\n"u8);
        Append(_server);
        Append(retry);
        Append("\r\n"u8);
        Append(body);
    }

    private ReadOnlySpan<byte> Date()
    {
        var now = _time.GetUtcNow();
        var second = now.UtcTicks / TimeSpan.TicksPerSecond;
        if (second != _second)
        {
            now.TryFormat(_date, out _, "R", CultureInfo.InvariantCulture);
            _second = second;
        }

        return _date;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }
}
