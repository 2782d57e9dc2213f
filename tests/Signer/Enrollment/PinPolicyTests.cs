using EContract.Signer.Enrollment;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Signer.Tests.Enrollment;

public sealed class PinPolicyTests
{
    private static readonly string[] Logins = ["taro.yamada@example.co.jp", "+819012345678", "C0012345678"];

    private readonly PinPolicy _policy = new(new PinPolicyOptions { Blocklist = { "mizuho2026" } });

    [Theory]
    [InlineData("73920461")]
    [InlineData("s4kuraM0chi")]
    [InlineData("Kyoto5Tower9")]
    public void A_pin_of_digits_or_letters_that_is_none_of_the_obvious_ones_is_fit(string pin) => Assert.Null(_policy.Refusal(pin, Logins));

    [Theory]
    [InlineData("7392046")] // too short
    [InlineData("739204 61")] // space
    [InlineData("暗証番号暗証番号")] // not ASCII
    [InlineData("77777777")]
    [InlineData("12121212")]
    [InlineData("20242024")]
    [InlineData("12345678")]
    [InlineData("87654321")]
    [InlineData("78901234")] // around the end
    [InlineData("abcdefgh")]
    [InlineData("qwertyui")]
    [InlineData("asdfghjkl")]
    [InlineData("1234567a")] // one character more does not make it fit
    [InlineData("1Qaz2wsx")]
    [InlineData("MIZUHO2026")] // configured
    [InlineData("taroyamada")] // the login id
    [InlineData("adamayorat")] // backwards
    [InlineData("12345678901")] // row of keys
    [InlineData("9012345678")] // end of the telephone number
    public void What_a_thief_would_try_first_is_refused(string pin) => Assert.NotNull(_policy.Refusal(pin, Logins));

    [Fact]
    public void The_refusal_never_quotes_the_pin() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<NonEmptyString>(),
                pin => pin.Get.Length < 6 || _policy.Refusal(pin.Get, Logins)?.Contains(pin.Get, StringComparison.Ordinal) != true
            )
            .QuickCheckThrowOnFailure();
}
