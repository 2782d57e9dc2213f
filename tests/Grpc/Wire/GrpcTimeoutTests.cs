using EContract.Grpc.Wire;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("600n", 6)]
    [InlineData("1n", 1)]
    [InlineData("0S", 0)]
    [InlineData("99999999H", 99_999_999 * TimeSpan.TicksPerHour)]
    [InlineData("00000001S", 10_000_000)]
    public void The_specification_s_units_are_read(string value, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(value, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("1S ")]
    [InlineData("1s")]
    [InlineData("1h")]
    [InlineData("100000000n")]
    [InlineData("１S")]
    public void Anything_else_is_refused(string value) => Assert.False(GrpcTimeout.TryParse(value, out _));

    [Theory]
    [InlineData(0, "1n")]
    [InlineData(-5, "1n")]
    [InlineData(1, "100n")]
    [InlineData(999_999, "99999900n")]
    [InlineData(1_000_000, "100000u")]
    [InlineData(10_000_000, "1000000u")]
    [InlineData(99_999_999 * TimeSpan.TicksPerHour, "99999999H")]
    [InlineData(long.MaxValue, "99999999H")]
    public void The_finest_unit_that_fits_is_written(long ticks, string value) =>
        Assert.Equal(value, GrpcTimeout.Format(new TimeSpan(ticks)));

    [Fact]
    public void What_is_written_reads_back_as_no_less_and_hardly_more() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(0, 40), (mantissa, shift) => (long)mantissa << shift % 31)),
                ticks =>
                {
                    var value = GrpcTimeout.Format(new TimeSpan(ticks));
                    Assert.True(value.Length <= 9);
                    Assert.True(GrpcTimeout.TryParse(value, out var timeout));
                    Assert.True(timeout.Ticks >= ticks);
                    Assert.True(timeout.Ticks - ticks <= Math.Max(1, ticks / 1000));
                }
            )
            .Check(PropertyRuns.Of(2000));
}
