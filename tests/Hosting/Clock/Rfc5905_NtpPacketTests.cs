using EContract.Hosting.Clock;
using Xunit;

namespace EContract.Hosting.Tests.Clock;

public sealed class Rfc5905_NtpPacketTests
{
    [Theory]
    [InlineData("2026-11-20T01:02:03.4567890Z")]
    [InlineData("2036-02-07T06:28:15.9999999Z")] // the last instant of era 0
    [InlineData("2036-02-07T06:28:16.0000000Z")] // era 1
    [InlineData("2050-06-01T00:00:00.0000001Z")]
    public void A_timestamp_is_read_in_the_era_that_is_near(string text)
    {
        var time = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        ulong timestamp = NtpPacket.FromTime(time);
        Assert.InRange((NtpPacket.ToTime(timestamp, time.AddDays(-300)) - time).Ticks, -1, 1);
        Assert.InRange((NtpPacket.ToTime(timestamp, time.AddDays(300)) - time).Ticks, -1, 1);
    }

    [Theory]
    [InlineData("ntp.example", true, "ntp.example", 123)]
    [InlineData("127.0.0.1:1123", true, "127.0.0.1", 1123)]
    [InlineData("[::1]:1123", true, "::1", 1123)]
    [InlineData("2001:db8::1", true, "2001:db8::1", 123)]
    [InlineData("host:0", false, "", 0)]
    [InlineData("host:x", false, "", 0)]
    [InlineData("", false, "", 0)]
    public void An_address_is_host_or_host_and_port(string text, bool good, string host, int port)
    {
        Assert.Equal(good, NtpAddress.TryParse(text, out NtpAddress address));
        if (good)
        {
            Assert.Equal(new NtpAddress(host, port), address);
        }
    }

    [Fact]
    public void Anything_shorter_than_a_header_is_no_packet()
    {
        for (int length = 0; length < NtpPacket.Length; length++)
        {
            Assert.False(NtpPacket.TryDecode(new byte[length], out _));
        }

        Assert.True(NtpPacket.TryDecode(new byte[NtpPacket.Length], out _));
    }
}
