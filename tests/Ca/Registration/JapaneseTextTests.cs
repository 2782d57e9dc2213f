using EContract.Ca.Registration;
using Xunit;

namespace EContract.Ca.Tests.Registration;

public sealed class JapaneseTextTests
{
    [Theory]
    [InlineData("ＳＡＴＯ", "SATO")]
    [InlineData("ﾔﾏﾀﾞ ﾊﾟｰﾌﾟﾙ", "ヤマダ パープル")]
    [InlineData("ｳﾞ", "ヴ")]
    [InlineData("が", "が")]
    [InlineData("漢字　A", "漢字 A")]
    [InlineData("ﾟ", "ﾟ")]
    public void Widths_and_voicing_marks_have_one_form(string text, string folded) => Assert.Equal(folded, JapaneseText.Fold(text));
}
