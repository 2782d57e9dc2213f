using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EContract.TestKit;

/// <summary>A small NTP server on 127.0.0.1 that tells the time it is given, or lies, or says nothing.</summary>
public sealed class TestNtpServer : IDisposable
{
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Func<DateTimeOffset> _truth;
    private readonly Task _serving;

    /// <param name="truth">UTC as the test knows it.</param>
    public TestNtpServer(Func<DateTimeOffset> truth)
    {
        _truth = truth;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>host:port, as the guard's options name a source.</summary>
    public string Address => _socket.LocalEndPoint!.ToString()!;

    /// <summary>Added to the truth.</summary>
    public TimeSpan Lie { get; set; }

    public bool Silent { get; set; }

    /// <summary>Answers with another cookie than it was asked with, as somebody off the path would.</summary>
    public bool Forged { get; set; }

    /// <summary>LI: 0 none, 1 second inserted, 2 deleted, 3 not synchronised.</summary>
    public int Leap { get; set; }

    public int Stratum { get; set; } = 1;

    public TimeSpan RootDispersion { get; set; } = TimeSpan.FromMilliseconds(1);

    public int Questions { get; private set; }

    public void Dispose()
    {
        _socket.Dispose();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        byte[] question = new byte[512];
        byte[] answer = new byte[48];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _socket.ReceiveFromAsync(question, new IPEndPoint(IPAddress.Any, 0));
                Questions++;
                if (Silent)
                {
                    continue;
                }

                ulong now = Timestamp(_truth() + Lie);
                answer[0] = (byte)(Leap << 6 | 4 << 3 | 4); // version 4, mode server
                answer[1] = (byte)Stratum;
                answer[3] = unchecked((byte)-20); // precision: 1 µs
                BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(8), (uint)(RootDispersion.TotalSeconds * 65536));
                question.AsSpan(40, 8).CopyTo(answer.AsSpan(24)); // origin: their transmit
                if (Forged)
                {
                    answer[24] ^= 0xFF;
                }

                BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(32), now);
                BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(40), now);
                await _socket.SendToAsync(answer, received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed
        }
    }

    private static ulong Timestamp(DateTimeOffset time)
    {
        long ticks = (time - Epoch).Ticks;
        ulong seconds = (ulong)(ticks / TimeSpan.TicksPerSecond) & 0xFFFF_FFFF;
        return seconds << 32 | ((ulong)(ticks % TimeSpan.TicksPerSecond) << 32) / (ulong)TimeSpan.TicksPerSecond;
    }
}
