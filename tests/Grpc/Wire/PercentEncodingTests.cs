using System.Text;
using EContract.Grpc.Wire;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("test status message", "test status message")]
    [InlineData("100%", "100%25")]
    [InlineData("\t\n", "%09%0A")]
    [InlineData("☺ 😈", "%E2%98%BA %F0%9F%98%88")]
    [InlineData("署名", "%E7%BD%B2%E5%90%8D")]
    [InlineData("\u007f~", "%7F~")]
    public void Everything_but_visible_ASCII_is_encoded(string message, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(message));
        Assert.Equal(message, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("50% off", "50% off")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%ff", "\uFFFD")]
    [InlineData("%e2%98", "\uFFFD")]
    [InlineData("é%41", "éA")]
    public void Broken_encodings_never_lose_the_message(string value, string decoded) =>
        Assert.Equal(decoded, PercentEncoding.Decode(value));

    [Fact]
    public void Decoding_gives_back_what_was_encoded() =>
        Prop.ForAll<string>(text =>
            {
                var message = WellFormed(text ?? "");
                var encoded = PercentEncoding.Encode(message);
                Assert.DoesNotContain(encoded, c => c is < ' ' or > '~');
                Assert.Equal(message, PercentEncoding.Decode(encoded));
            })
            .Check(PropertyRuns.Of(1000));

    // A lone surrogate has no UTF-8 form and becomes U+FFFD.
    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
