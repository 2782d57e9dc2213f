using System.Buffers.Binary;

namespace EContract.Hosting.Clock;

/// <summary>The 48 octets of an NTP header, as far as a client uses them.</summary>
/// <remarks>RFC 5905 §7.3, figure 8. Timestamps are 32.32 fixed point seconds since 1900, root delay and dispersion 16.16 seconds.</remarks>
internal readonly record struct NtpPacket
{
    public const int Length = 48;
    private const int Client = 3;
    private const int Server = 4;
    private const int Version = 4;

    // 1900-01-01, era 0; the era of a timestamp is the one nearest to a time known to be near (RFC 5905 §6)
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public LeapIndicator Leap { get; init; }

    public int Mode { get; init; }

    /// <summary>0: kiss-o'-death; 1: primary server; 2–15: secondary.</summary>
    public int Stratum { get; init; }

    /// <summary>log2 seconds.</summary>
    public sbyte Precision { get; init; }

    public TimeSpan RootDelay { get; init; }

    public TimeSpan RootDispersion { get; init; }

    /// <summary>With stratum 0: the kiss code in ASCII (RFC 5905 §7.4).</summary>
    public uint ReferenceId { get; init; }

    public ulong Origin { get; init; }

    public ulong Receive { get; init; }

    public ulong Transmit { get; init; }

    public bool IsServer => Mode == Server;

    /// <summary>A question; the transmit timestamp is a random cookie, for it says nothing that the server needs (RFC 8633 §5.3).</summary>
    public static byte[] Question(ulong cookie)
    {
        byte[] packet = new byte[Length];
        packet[0] = (Version << 3) | Client;
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(40), cookie);
        return packet;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out NtpPacket packet)
    {
        packet = default;
        if (bytes.Length < Length)
        {
            return false;
        }

        packet = new NtpPacket
        {
            Leap = (LeapIndicator)(bytes[0] >> 6),
            Mode = bytes[0] & 7,
            Stratum = bytes[1],
            Precision = (sbyte)bytes[3],
            RootDelay = Short(bytes[4..]),
            RootDispersion = Short(bytes[8..]),
            ReferenceId = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            Origin = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
            Receive = BinaryPrimitives.ReadUInt64BigEndian(bytes[32..]),
            Transmit = BinaryPrimitives.ReadUInt64BigEndian(bytes[40..]),
        };
        return true;
    }

    /// <summary>The time of a timestamp, in the era nearest to <paramref name="near"/>.</summary>
    public static DateTimeOffset ToTime(ulong timestamp, DateTimeOffset near)
    {
        const long era = 1L << 32;
        long seconds = (long)(timestamp >> 32);
        long nearSeconds = (near - Epoch).Ticks / TimeSpan.TicksPerSecond;
        seconds += (long)Math.Round((nearSeconds - seconds) / (double)era) * era;
        long ticks = (long)((timestamp & 0xFFFF_FFFF) * (ulong)TimeSpan.TicksPerSecond >> 32);
        return Epoch.AddTicks(seconds * TimeSpan.TicksPerSecond + ticks);
    }

    public static ulong FromTime(DateTimeOffset time)
    {
        long ticks = (time - Epoch).Ticks;
        ulong seconds = (ulong)(ticks / TimeSpan.TicksPerSecond);
        ulong fraction = ((ulong)(ticks % TimeSpan.TicksPerSecond) << 32) / (ulong)TimeSpan.TicksPerSecond;
        return seconds << 32 | fraction;
    }

    private static TimeSpan Short(ReadOnlySpan<byte> bytes) =>
        TimeSpan.FromTicks((long)BinaryPrimitives.ReadUInt32BigEndian(bytes) * TimeSpan.TicksPerSecond >> 16);
}
