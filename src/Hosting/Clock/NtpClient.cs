using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace EContract.Hosting.Clock;

/// <summary>Asks one server for the time, over UDP.</summary>
internal sealed class NtpClient(TimeProvider time)
{
    private const int MaxStratum = 15;

    /// <summary>The sample, or why there is none.</summary>
    /// <param name="timeline">Of the round: offsets of all sources refer to it, so a step in between shifts none of them.</param>
    public async Task<(NtpSample? Sample, string? Fault)> AskAsync(
        string source,
        NtpAddress address,
        Timeline timeline,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(address.Host, limit.Token);
            using var socket = new Socket(addresses[0].AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            // A connected socket takes datagrams of this server only.
            await socket.ConnectAsync(new IPEndPoint(addresses[0], address.Port), limit.Token);
            ulong cookie = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
            byte[] buffer = new byte[512];

            long sent = time.GetTimestamp();
            await socket.SendAsync(NtpPacket.Question(cookie), limit.Token);
            while (true)
            {
                int length = await socket.ReceiveAsync(buffer, limit.Token);
                long received = time.GetTimestamp();
                // RFC 5905 §8: an answer that does not carry our transmit timestamp is bogus; the true one may still come
                if (NtpPacket.TryDecode(buffer.AsSpan(0, length), out NtpPacket packet) && packet.IsServer && packet.Origin == cookie)
                {
                    return Judge(source, packet, timeline.At(time, sent), timeline.At(time, received));
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "silent");
        }
        catch (SocketException e)
        {
            return (null, e.SocketErrorCode.ToString());
        }
    }

    private static (NtpSample?, string?) Judge(string source, NtpPacket packet, DateTimeOffset t1, DateTimeOffset t4)
    {
        if (packet.Stratum == 0)
        {
            return (null, "kiss-o'-death");
        }

        if (packet.Leap == LeapIndicator.Unknown || packet.Stratum > MaxStratum || packet.Transmit == 0)
        {
            return (null, "not synchronised");
        }

        // RFC 5905 §8: offset = ((T2 − T1) + (T3 − T4)) / 2, delay = (T4 − T1) − (T3 − T2)
        DateTimeOffset t2 = NtpPacket.ToTime(packet.Receive, t1);
        DateTimeOffset t3 = NtpPacket.ToTime(packet.Transmit, t1);
        TimeSpan offset = (t2 - t1 + (t3 - t4)) / 2;
        TimeSpan delay = t4 - t1 - (t3 - t2);
        if (t3 < t2 || delay < TimeSpan.Zero)
        {
            return (null, "answered before it was asked");
        }

        TimeSpan precision =
            TimeSpan.FromSeconds(Math.Pow(2, Math.Clamp(packet.Precision, (sbyte)-30, (sbyte)0))) + TimeSpan.FromMicroseconds(1);
        TimeSpan distance = delay / 2 + packet.RootDelay / 2 + packet.RootDispersion + precision;
        return (new NtpSample(source, offset, distance, packet.Leap), null);
    }
}
