using System.Globalization;
using System.Text;

namespace EContract.Signer.Delivery;

/// <summary>Commands and replies on one connection (RFC 5321 §4).</summary>
internal sealed class SmtpSession(Stream stream)
{
    // RFC 5321 §4.5.3.1.5 allows 512 octets per reply line; some servers say more. A server that never ends a line is cut off.
    private const int MaxReplyLine = 4096;
    private const int MaxReplyLines = 100;

    private readonly byte[] _buffer = new byte[MaxReplyLine];
    private int _start;
    private int _end;

    /// <param name="alternative">Another code that says yes; 0: there is none.</param>
    public async Task<IReadOnlyList<string>> CommandAsync(
        string command,
        int expected,
        CancellationToken cancellationToken,
        int alternative = 0
    )
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return await ExpectAsync(expected, cancellationToken, alternative);
    }

    /// <summary>The text of a reply's lines. A reply with another code is an error.</summary>
    public async Task<IReadOnlyList<string>> ExpectAsync(int expected, CancellationToken cancellationToken, int alternative = 0)
    {
        var lines = new List<string>();
        while (lines.Count < MaxReplyLines)
        {
            var line = await ReadLineAsync(cancellationToken);
            // RFC 5321 §4.2.1: "250-more" or "250 last"
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                throw new DeliveryException("The mail server's reply is not SMTP.");
            }

            if (code != expected && code != alternative)
            {
                throw new DeliveryException($"The mail server answered {code} where {expected} was due.");
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                return lines;
            }
        }

        throw new DeliveryException("The mail server's reply has no end.");
    }

    /// <summary>The mail with leading dots doubled (RFC 5321 §4.5.2), and the server's acceptance.</summary>
    public async Task SendMailAsync(byte[] mail, CancellationToken cancellationToken)
    {
        var stuffed = new MemoryStream(mail.Length + 16);
        var lineStart = true;
        foreach (var b in mail)
        {
            if (lineStart && b == '.')
            {
                stuffed.WriteByte((byte)'.');
            }

            stuffed.WriteByte(b);
            lineStart = b == '\n';
        }

        stuffed.Write(".\r\n"u8);
        await stream.WriteAsync(stuffed.GetBuffer().AsMemory(0, (int)stuffed.Length), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        await ExpectAsync(250, cancellationToken);
    }

    /// <summary>Takes leave. The mail is the server's already, so its answer does not matter.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CommandAsync("QUIT", 221, cancellationToken);
        }
        catch (Exception e) when (e is IOException or DeliveryException)
        {
            return;
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _start, length).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start.._end).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
            {
                throw new DeliveryException("The mail server's reply has no end.");
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                throw new IOException("The mail server closed the connection.");
            }

            _end += read;
        }
    }
}
