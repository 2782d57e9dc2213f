using System.Text;
using EContract.Signer.Activation;
using Xunit;

namespace EContract.Signer.Tests.Activation;

/// <summary>RFC 6238 appendix B, SHA-1 rows; its 8 digits end in our 6.</summary>
public sealed class Rfc6238_AppendixB_TotpTests
{
    private static readonly byte[] Seed = "12345678901234567890"u8.ToArray();

    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void Codes_are_those_of_the_standard(long unixTime, string code) =>
        Assert.Equal(code[2..], Totp.Code(Seed, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(unixTime))));

    [Fact]
    public void A_step_at_or_before_the_last_used_one_does_not_match()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1111111111);
        var step = Totp.StepAt(now);
        var code = Encoding.ASCII.GetBytes(Totp.Code(Seed, step));
        Assert.Equal(step, Totp.Match(Seed, code, now, window: 1, lastStep: step - 1));
        Assert.Null(Totp.Match(Seed, code, now, window: 1, lastStep: step));
    }

    [Fact]
    public void Only_the_window_around_now_matches()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1111111111);
        var code = Encoding.ASCII.GetBytes(Totp.Code(Seed, Totp.StepAt(now) - 2));
        Assert.Null(Totp.Match(Seed, code, now, window: 1, lastStep: 0));
    }

    [Fact]
    public void The_uri_carries_the_seed_in_base_32() =>
        Assert.Equal(
            "otpauth://totp/EContract%3Ataro?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=EContract&algorithm=SHA1&digits=6&period=30",
            Totp.Uri(Seed, "EContract", "taro")
        );
}
