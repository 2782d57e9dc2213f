using System.Globalization;
using System.Text;

namespace EContract.Signer.Delivery;

/// <summary>A plain-text mail in UTF-8 (RFC 5322, MIME RFC 2045–2047).</summary>
public static class MailMessage
{
    // RFC 2047 §2: a line with an encoded-word is at most 76 characters. 39 bytes become 52 of base 64; "Subject: ", "=?utf-8?B?" and "?="
    // are 21 more.
    private const int EncodedWordBytes = 39;

    private const int Base64Line = 76;

    /// <param name="messageId">Unique, without angle brackets.</param>
    /// <returns>The mail with CRLF line ends and lines of at most 78 characters, headers first.</returns>
    /// <exception cref="DeliveryException">An address holds characters that could smuggle in a header.</exception>
    public static byte[] Compose(string from, OtpMessage message, DateTimeOffset date, string messageId)
    {
        RequireAddress(from);
        RequireAddress(message.Destination);
        var mail = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"From: {from}\r\n")
            .Append(CultureInfo.InvariantCulture, $"To: {message.Destination}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Subject: {EncodedWords(message.Subject)}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Date: {date.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\n")
            .Append(CultureInfo.InvariantCulture, $"Message-ID: <{messageId}>\r\n")
            // RFC 3834: no holiday notices in answer to it
            .Append("Auto-Submitted: auto-generated\r\n")
            .Append("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        // RFC 2046 §4.1.1: text has CRLF line ends before it is encoded
        var text = Encoding.UTF8.GetBytes(message.Text.ReplaceLineEndings("\r\n"));
        var body = Convert.ToBase64String(text);
        for (var i = 0; i < body.Length; i += Base64Line)
        {
            mail.Append(body.AsSpan(i, Math.Min(Base64Line, body.Length - i))).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(mail.ToString());
    }

    /// <summary>Refuses what is no plain address: a line end would start a header, an angle bracket a second recipient.</summary>
    public static void RequireAddress(string address)
    {
        var at = address.LastIndexOf('@');
        if (
            at < 1
            || at == address.Length - 1
            || address.Length > 254
            || !address.All(c => c is > ' ' and < '\x7f' and not ('<' or '>' or ',' or ';'))
        )
        {
            throw new DeliveryException("The subscriber's e-mail address can't be used in a mail header.");
        }
    }

    private static string EncodedWords(string subject)
    {
        if (subject.All(c => c is >= ' ' and <= '~'))
        {
            return subject;
        }

        var words = new List<string>();
        var word = new List<byte>(EncodedWordBytes);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in subject.EnumerateRunes())
        {
            // RFC 2047 §5: a character is never split between two words
            var length = rune.EncodeToUtf8(utf8);
            if (word.Count + length > EncodedWordBytes)
            {
                words.Add(Word(word));
                word.Clear();
            }

            word.AddRange(utf8[..length]);
        }

        words.Add(Word(word));
        return string.Join("\r\n ", words);

        static string Word(List<byte> bytes) => $"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=";
    }
}
