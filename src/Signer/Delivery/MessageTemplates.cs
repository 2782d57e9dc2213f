using System.Text;

namespace EContract.Signer.Delivery;

/// <summary>The words to the subscriber, in Japanese and English.</summary>
public static class MessageTemplates
{
    // Longer lists are summed up: a mail about 100 contracts is not read to its end.
    private const int MaxNamedItems = 10;

    /// <summary>Bytes of the digest that are shown: 8 hexadecimal characters in two groups.</summary>
    private const int ShortDigestBytes = 4;

    /// <summary>Japan has had one time zone without summer time since 1951.</summary>
    private static readonly TimeSpan Japan = TimeSpan.FromHours(9);

    /// <summary><c>3F2A 91C0</c>: the beginning of the digest, for comparison with what the portal shows.</summary>
    public static string ShortDigest(ReadOnlySpan<byte> digest)
    {
        var hex = Convert.ToHexString(digest[..ShortDigestBytes]);
        return $"{hex[..4]} {hex[4..]}";
    }

    /// <param name="language"><c>en</c>; all else is Japanese.</param>
    /// <param name="items">Names and short digests of what is to be signed, in its order.</param>
    public static (string Subject, string Text) Compose(
        string language,
        Occasion occasion,
        string code,
        string name,
        DateTimeOffset expiresAt,
        IReadOnlyList<(string Name, string ShortDigest)> items
    )
    {
        var japanese = language != "en";
        var text = new StringBuilder();
        text.Append(japanese ? $"{OneLine(name)} 様\n\n" : $"Dear {OneLine(name)},\n\n");
        text.Append(
            japanese
                ? $"{Purpose(occasion, true)}のためのワンタイムパスワードです。\n\n"
                : $"This is your one-time password to {Purpose(occasion, false)}.\n\n"
        );
        text.Append(japanese ? $"ワンタイムパスワード: {code}\n" : $"One-time password: {code}\n");
        text.Append(
            japanese
                ? $"有効期限: {expiresAt.ToOffset(Japan):yyyy年M月d日 HH:mm:ss}（日本時間）\n"
                : $"Valid until: {expiresAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC\n"
        );
        if (items.Count > 0)
        {
            text.Append(japanese ? $"\n署名の対象（{items.Count}件）:\n" : $"\nTo be signed ({items.Count}):\n");
            foreach (var (item, digest) in items.Take(MaxNamedItems))
            {
                text.Append(japanese ? $"・{OneLine(item)}　[{digest}]\n" : $"- {OneLine(item)}  [{digest}]\n");
            }

            if (items.Count > MaxNamedItems)
            {
                text.Append(japanese ? $"・ほか{items.Count - MaxNamedItems}件\n" : $"- and {items.Count - MaxNamedItems} more\n");
            }

            text.Append(
                japanese
                    ? "\n画面に表示された文書名と [ ] 内の値が一致することをご確認ください。\n"
                    : "\nPlease check that names and values in [ ] are those on your screen.\n"
            );
        }

        text.Append(
            japanese
                ? "\nお心当たりのない場合は、このワンタイムパスワードを入力せず、銀行までご連絡ください。\n銀行の担当者がワンタイムパスワードや暗証コードをお尋ねすることはありません。\n"
                : "\nIf you did not ask for this, do not enter the password and call your bank.\nNobody at the bank will ever ask you for it or for your PIN.\n"
        );
        var subject = japanese
            ? $"【電子契約】{Purpose(occasion, true)}のワンタイムパスワード"
            : $"Your one-time password to {Purpose(occasion, false)}";
        return (subject, text.ToString());
    }

    private static string Purpose(Occasion occasion, bool japanese) =>
        occasion switch
        {
            Occasion.Enrollment => japanese ? "署名用電子証明書の申込み" : "apply for your signing certificate",
            Occasion.Signing => japanese ? "電子署名" : "sign electronically",
            Occasion.ChangePin => japanese ? "暗証コードの変更" : "change your PIN",
            Occasion.Unlock => japanese ? "署名鍵のロック解除" : "unlock your signing key",
            Occasion.EnrollTotp => japanese ? "認証アプリの登録" : "register an authenticator app",
            _ => japanese ? "組織印の利用開始" : "open the organisation's seal",
        };

    /// <summary>Names come from callers: line ends and controls would let them write sentences of ours.</summary>
    private static string OneLine(string text) =>
        string.Concat(
            text.Select(c =>
                char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') ? ' ' : c
            )
        );
}
