using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace EContract.Grpc.Tests.Hostile;

/// <summary>
/// An HTTP/2 client of bare frames (RFC 9113) that keeps to no rule but those its caller keeps. Header blocks are sent as literals
/// without indexing; the server is told to use no dynamic table, so that its blocks can be read with the static table alone.
/// </summary>
public sealed class RawHttp2Peer : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;

    private RawHttp2Peer(TcpClient tcp) => (_tcp, _stream) = (tcp, tcp.GetStream());

    /// <param name="initialWindow">Window that the server gets for each stream, in bytes.</param>
    public static async Task<RawHttp2Peer> ConnectAsync(Uri address, uint initialWindow = 65_535)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var peer = new RawHttp2Peer(tcp);
        await peer.SendBytesAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        var settings = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(settings, 1); // SETTINGS_HEADER_TABLE_SIZE = 0
        BinaryPrimitives.WriteUInt16BigEndian(settings.AsSpan(6), 4); // SETTINGS_INITIAL_WINDOW_SIZE
        BinaryPrimitives.WriteUInt32BigEndian(settings.AsSpan(8), initialWindow);
        await peer.SendAsync(FrameType.Settings, 0, 0, settings);
        return peer;
    }

    public async Task SendBytesAsync(byte[] bytes) => await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    public Task SendAsync(FrameType type, FrameFlags flags, int stream, byte[] payload) =>
        SendBytesAsync(Frame(type, flags, stream, payload));

    /// <summary>Begins a gRPC call.</summary>
    public Task SendCallAsync(
        int stream,
        string path,
        FrameFlags flags = FrameFlags.EndHeaders,
        params (string Name, string Value)[] more
    ) => SendAsync(FrameType.Headers, flags, stream, CallHeaders(path, more));

    public static byte[] Frame(FrameType type, FrameFlags flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)payload.Length);
        frame[3] = (byte)type;
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    public static byte[] CallHeaders(string path, params (string Name, string Value)[] more) =>
        HeaderBlock([
            (":method", "POST"),
            (":scheme", "http"),
            (":authority", "localhost"),
            (":path", path),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
            .. more,
        ]);

    // RFC 7541 §6.2.2: literal without indexing, new name, no Huffman coding.
    public static byte[] HeaderBlock(IEnumerable<(string Name, string Value)> headers)
    {
        var block = new List<byte>();
        foreach (var (name, value) in headers)
        {
            block.Add(0);
            Append(name);
            Append(value);
        }

        return [.. block];

        void Append(string text)
        {
            // RFC 7541 §5.1: integer with a 7-bit prefix
            var length = text.Length;
            if (length < 127)
            {
                block.Add((byte)length);
            }
            else
            {
                block.Add(127);
                for (length -= 127; length >= 128; length >>= 7)
                {
                    block.Add((byte)(length & 127 | 128));
                }

                block.Add((byte)length);
            }

            block.AddRange(Encoding.ASCII.GetBytes(text));
        }
    }

    /// <summary>The next frame; null when the server has closed the connection.</summary>
    public async Task<(FrameType Type, FrameFlags Flags, int Stream, byte[] Payload)?> ReadAsync()
    {
        var header = new byte[9];
        try
        {
            if (await _stream.ReadAtLeastAsync(header, 9, throwOnEndOfStream: false, TestContext.Current.CancellationToken) < 9)
            {
                return null;
            }

            var payload = new byte[header[0] << 16 | header[1] << 8 | header[2]];
            await _stream.ReadExactlyAsync(payload, TestContext.Current.CancellationToken);
            return ((FrameType)header[3], (FrameFlags)header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads until something final happens to the stream: its gRPC status, or the error code it or the connection ends with.</summary>
    public async Task<StreamEnd> ReadEndAsync(int stream)
    {
        string? grpcStatus = null;
        while (await ReadAsync() is { } frame)
        {
            switch (frame.Type)
            {
                case FrameType.Headers when frame.Stream == stream:
                    var headers = StaticHpack.Decode(frame.Payload);
                    grpcStatus = headers.GetValueOrDefault("grpc-status", grpcStatus!);
                    if (frame.Flags.HasFlag(FrameFlags.EndStream))
                    {
                        return new StreamEnd(grpcStatus, headers.GetValueOrDefault(":status"), null, false);
                    }

                    break;
                case FrameType.RstStream when frame.Stream == stream:
                    return new StreamEnd(grpcStatus, null, BinaryPrimitives.ReadUInt32BigEndian(frame.Payload), false);
                case FrameType.GoAway:
                    return new StreamEnd(grpcStatus, null, BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.AsSpan(4)), true);
            }
        }

        return new StreamEnd(grpcStatus, null, null, true);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }
}
