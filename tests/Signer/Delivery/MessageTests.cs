using System.Text;
using EContract.Signer.Delivery;
using Xunit;

namespace EContract.Signer.Tests.Delivery;

public sealed class MessageTests
{
    private static readonly DateTimeOffset Expiry = new(2026, 11, 20, 3, 5, 0, TimeSpan.Zero);

    [Fact]
    public void The_japanese_message_names_documents_digests_and_the_end_in_japanese_time()
    {
        var (subject, text) = MessageTemplates.Compose(
            "ja",
            Occasion.Signing,
            "01234567",
            "山田太郎",
            Expiry,
            [("金銭消費貸借契約書.pdf", MessageTemplates.ShortDigest(Convert.FromHexString("3f2a91c0aabb")))]
        );
        Assert.Equal("【電子契約】電子署名のワンタイムパスワード", subject);
        Assert.Contains("山田太郎 様", text, StringComparison.Ordinal);
        Assert.Contains("ワンタイムパスワード: 01234567\n", text, StringComparison.Ordinal);
        Assert.Contains("・金銭消費貸借契約書.pdf　[3F2A 91C0]", text, StringComparison.Ordinal);
        Assert.Contains("2026年11月20日 12:05:00（日本時間）", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_english_message_sums_up_what_is_more_than_ten()
    {
        var items = Enumerable.Range(1, 12).Select(i => ($"contract {i}.pdf", "0000 0000")).ToList();
        var (_, text) = MessageTemplates.Compose("en", Occasion.Signing, "01234567", "Taro", Expiry, items);
        Assert.Contains("To be signed (12):", text, StringComparison.Ordinal);
        Assert.Contains("contract 10.pdf", text, StringComparison.Ordinal);
        Assert.DoesNotContain("contract 11.pdf", text, StringComparison.Ordinal);
        Assert.Contains("and 2 more", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_cant_add_lines_or_turn_the_text_around()
    {
        var (_, text) = MessageTemplates.Compose(
            "en",
            Occasion.Signing,
            "01234567",
            "Taro",
            Expiry,
            [("a\nPlease call +81\u202Efdp", "0000 0000")]
        );
        Assert.DoesNotContain("\nPlease call", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', text);
    }

    [Theory]
    [InlineData("taro.yamada@example.co.jp", "t***a@example.co.jp")]
    [InlineData("ab@example.jp", "***@example.jp")]
    [InlineData("a@example.jp", "***@example.jp")]
    public void An_address_is_masked(string address, string masked) => Assert.Equal(masked, Masking.Email(address));

    [Fact]
    public void A_number_keeps_country_and_last_two_digits() => Assert.Equal("+81********78", Masking.Mobile("+819012345678"));

    [Fact]
    public void A_mail_encodes_japanese_in_headers_and_text_within_line_limits()
    {
        var text = string.Concat(Enumerable.Repeat("暗証コードの変更。\n", 30));
        var mail = Encoding.ASCII.GetString(
            MailMessage.Compose(
                "no-reply@bank.example",
                new OtpMessage("taro@example.jp", "【電子契約】電子署名のワンタイムパスワードのお知らせです", text),
                Expiry,
                "1@bank.example"
            )
        );
        Assert.All(mail.Split("\r\n"), line => Assert.True(line.Length <= 78, line));
        var (headers, body) = (
            mail[..mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)],
            mail[(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]
        );
        Assert.Contains("Date: Fri, 20 Nov 2026 03:05:00 +0000", headers, StringComparison.Ordinal);
        Assert.Contains("Subject: =?utf-8?B?", headers, StringComparison.Ordinal);
        Assert.Equal(
            text.ReplaceLineEndings("\r\n"),
            Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\r\n", "", StringComparison.Ordinal)))
        );
    }

    [Theory]
    [InlineData("taro@example.jp\r\nBcc: thief@example.com")]
    [InlineData("taro@example.jp>,<thief@example.com")]
    [InlineData("taro")]
    public void An_address_that_would_smuggle_in_headers_or_recipients_is_refused(string address) =>
        Assert.Throws<DeliveryException>(() =>
            MailMessage.Compose("a@b.example", new OtpMessage(address, "s", "t"), Expiry, "1@b.example")
        );
}
