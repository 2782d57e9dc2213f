using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EContract.Interop.Tests.Client;

/// <summary>A TCP server that speaks just enough HTTP/2 to misbehave in ways that no HTTP library lets a test do.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private const byte Data = 0x0;
    private const byte Headers = 0x1;
    private const byte Settings = 0x4;
    private const byte GoAway = 0x7;
    private const byte EndStream = 0x1;
    private const byte EndHeaders = 0x4;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public RawServer() => _listener.Start();

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Takes a connection, waits for a request on it, misbehaves and closes it.</summary>
    public async Task AcceptAsync(Func<NetworkStream, int, Task> misbehave)
    {
        using var client = await _listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        await stream.ReadExactlyAsync(new byte[24]); // the preface
        var streamId = 0;
        await WriteFrameAsync(stream, Settings, 0, 0, []);
        for (var isComplete = false; !isComplete; )
        {
            (isComplete, streamId) = await ReadFrameAsync(stream);
        }

        await misbehave(stream, streamId);
        client.Client.Shutdown(SocketShutdown.Send);

        // Closing with unread bytes would reset the connection and take back what was sent.
        var rest = new byte[1024];
        try
        {
            while (await stream.ReadAsync(rest) > 0) { }
        }
        catch (IOException)
        {
            // The client closed first.
        }
    }

    public static async Task DropMidMessage(NetworkStream stream, int streamId)
    {
        await WriteFrameAsync(stream, Headers, EndHeaders, streamId, Encode((":status", "200"), ("content-type", "application/grpc")));
        await WriteFrameAsync(stream, Data, 0, streamId, Answers.Frame("answer")[..^2]);
    }

    public static Func<NetworkStream, int, Task> AnswerAndGoAway(string text) =>
        async (stream, streamId) =>
        {
            await WriteFrameAsync(stream, Headers, EndHeaders, streamId, Encode((":status", "200"), ("content-type", "application/grpc")));
            await WriteFrameAsync(stream, Data, 0, streamId, Answers.Frame(text));
            var goAway = new byte[8];
            BinaryPrimitives.WriteInt32BigEndian(goAway, streamId);
            await WriteFrameAsync(stream, GoAway, 0, 0, goAway);
            await WriteFrameAsync(stream, Headers, EndHeaders | EndStream, streamId, Encode(("grpc-status", "0")));
        };

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return default;
    }

    /// <summary>Whether the frame ends a request, and whose it is.</summary>
    private static async Task<(bool IsComplete, int StreamId)> ReadFrameAsync(NetworkStream stream)
    {
        var header = new byte[9];
        await stream.ReadExactlyAsync(header);
        var length = header[0] << 16 | header[1] << 8 | header[2];
        await stream.ReadExactlyAsync(new byte[length]);
        return (header[3] is Data or Headers && (header[4] & EndStream) != 0, BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)));
    }

    private static async Task WriteFrameAsync(NetworkStream stream, byte type, int flags, int streamId, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        await stream.WriteAsync(frame);
    }

    /// <summary>RFC 7541 §6.2.2: literals without indexing, new names, no Huffman.</summary>
    private static byte[] Encode(params (string Name, string Value)[] headers) =>
        [
            .. headers.SelectMany(header =>
                new byte[] { 0, (byte)header.Name.Length }
                    .Concat(Encoding.ASCII.GetBytes(header.Name))
                    .Append((byte)header.Value.Length)
                    .Concat(Encoding.ASCII.GetBytes(header.Value))
            ),
        ];
}
