using EContract.Grpc.Tests.Server;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;
using Xunit;

namespace EContract.Grpc.Tests.Hostile;

/// <summary>Peers that lie, stop half-way, flood or stall: the right status, bounded memory, and the server goes on serving others.</summary>
[Collection(nameof(AloneCollection))]
public sealed class HostilePeerTests
{
    // A wait that takes this long is a hang, and fails rather than blocks the run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const FrameFlags EndHeaders = FrameFlags.EndHeaders;

    private readonly ProbeService _probe = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(20)]
    public async Task A_body_that_ends_inside_a_message_is_INTERNAL(int length)
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var body = WireClient.Frame(WireClient.Request(100))[..length];
        Assert.Equal(StatusCode.Internal, (await client.CallAsync(ProbeService.Unary, body)).Status);
        Assert.Equal(StatusCode.Internal, (await client.CallAsync(ProbeService.ClientStreaming, body)).Status);
    }

    [Fact]
    public async Task A_frame_that_breaks_off_ends_only_its_connection()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        for (var cut = 1; cut < 24; cut += 4)
        {
            await using var peer = await RawHttp2Peer.ConnectAsync(host.Address);
            await peer.SendCallAsync(1, ProbeService.Unary);
            var data = RawHttp2Peer.Frame(FrameType.Data, FrameFlags.EndStream, 1, WireClient.Frame(WireClient.Request(32)));
            await peer.SendBytesAsync(data[..cut]);
        }

        await AssertServesAsync(host);
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(0x8000_0000)]
    [InlineData(4 * 1024 * 1024 + 1)]
    public async Task An_oversized_length_prefix_is_RESOURCE_EXHAUSTED_before_anything_follows(uint length)
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        await using var peer = await RawHttp2Peer.ConnectAsync(host.Address);
        foreach (var (stream, path) in new[] { (1, ProbeService.Unary), (3, ProbeService.ClientStreaming) })
        {
            // The stream stays half-open: the answer must not wait for the promised bytes.
            await peer.SendCallAsync(stream, path);
            await peer.SendAsync(FrameType.Data, 0, stream, WireClient.Frame([], 0, length));
            Assert.Equal("8", (await peer.ReadEndAsync(stream)).GrpcStatus);
        }

        await AssertServesAsync(host);
    }

    [Fact]
    public async Task Compressed_bombs_are_RESOURCE_EXHAUSTED_and_cost_little()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var bomb = WireClient.Frame(WireClient.Gzip(new byte[256 * 1024 * 1024]), 1);
        Assert.True(bomb.Length < 1024 * 1024);
        await AssertServesAsync(host);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(
                StatusCode.ResourceExhausted,
                (await client.CallAsync(ProbeService.Unary, bomb, ("grpc-encoding", "gzip"))).Status
            );
        }

        // Client and server run in this process: less in all than one bomb unpacked.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 128 * 1024 * 1024);
    }

    [Fact]
    public async Task A_compressed_flag_without_encoding_is_INTERNAL()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.Internal, (await client.CallAsync(ProbeService.Unary, WireClient.Frame(WireClient.Gzip([1]), 1))).Status);
        Assert.Equal(
            StatusCode.Internal,
            (await client.CallAsync(ProbeService.Unary, WireClient.Frame([1, 2, 3], 1), ("grpc-encoding", "gzip"))).Status
        );
    }

    [Fact]
    public async Task Half_closed_at_once_is_answered_and_half_open_ends_with_its_connection()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _probe.OnClientStreaming = async (requests, context) =>
        {
            try
            {
                while (await requests.MoveNext(context.CancellationToken)) { }
                return new StreamingInputCallResponse();
            }
            catch (OperationCanceledException)
            {
                cancelled.SetResult();
                throw;
            }
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        await using (var peer = await RawHttp2Peer.ConnectAsync(host.Address))
        {
            await peer.SendCallAsync(1, ProbeService.Unary, EndHeaders | FrameFlags.EndStream);
            Assert.Equal("12", (await peer.ReadEndAsync(1)).GrpcStatus);
            await peer.SendCallAsync(3, ProbeService.ClientStreaming, EndHeaders | FrameFlags.EndStream);
            Assert.Equal("0", (await peer.ReadEndAsync(3)).GrpcStatus);
            await peer.SendCallAsync(5, ProbeService.ClientStreaming);
            await peer.SendAsync(FrameType.Data, 0, 5, WireClient.Frame(new StreamingInputCallRequest()));
        }

        await cancelled.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await AssertServesAsync(host);
    }

    [Fact]
    public async Task A_stream_that_is_reset_cancels_its_call_and_no_other()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _probe.OnUnary = async (request, context) =>
        {
            if (request.ResponseSize == 0)
            {
                begun.SetResult();
                await using var registration = context.CancellationToken.Register(() => cancelled.SetResult());
                await cancelled.Task;
            }

            return new SimpleResponse();
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        await using var peer = await RawHttp2Peer.ConnectAsync(host.Address);
        await peer.SendCallAsync(1, ProbeService.Unary);
        await peer.SendAsync(FrameType.Data, FrameFlags.EndStream, 1, WireClient.Frame(new SimpleRequest()));
        await begun.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await peer.SendAsync(FrameType.RstStream, 0, 1, [0, 0, 0, 8]);
        await cancelled.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await peer.SendCallAsync(3, ProbeService.Unary);
        await peer.SendAsync(FrameType.Data, FrameFlags.EndStream, 3, WireClient.Frame(new SimpleRequest { ResponseSize = 1 }));
        Assert.Equal("0", (await peer.ReadEndAsync(3)).GrpcStatus);
    }

    [Fact]
    public async Task A_read_under_way_ends_when_its_stream_is_reset()
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _probe.OnDuplex = async (requests, responses, _) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            ended.SetResult(await Record.ExceptionAsync(() => requests.MoveNext()));
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        await using var peer = await RawHttp2Peer.ConnectAsync(host.Address);
        await peer.SendCallAsync(1, ProbeService.Duplex);
        while (await peer.ReadAsync() is not { Type: FrameType.Data }) { }
        await peer.SendAsync(FrameType.RstStream, 0, 1, [0, 0, 0, 8]);
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_flood_of_header_bytes_is_refused()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        await using (var peer = await RawHttp2Peer.ConnectAsync(host.Address))
        {
            await peer.SendCallAsync(1, ProbeService.Unary, FrameFlags.EndStream, ("x-big", new string('x', 9000)));
            await peer.SendAsync(FrameType.Continuation, EndHeaders, 1, RawHttp2Peer.HeaderBlock([("x-more", new string('x', 9000))]));
            AssertRefused(await peer.ReadEndAsync(1));
        }

        await using (var peer = await RawHttp2Peer.ConnectAsync(host.Address))
        {
            var many = Enumerable.Range(0, 300).Select(i => ($"x-{i}", "v")).ToArray();
            await peer.SendCallAsync(1, ProbeService.Unary, EndHeaders | FrameFlags.EndStream, many);
            AssertRefused(await peer.ReadEndAsync(1));
        }

        await AssertServesAsync(host);
    }

    [Fact]
    public async Task A_header_block_without_end_is_cut_off()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        await using (var peer = await RawHttp2Peer.ConnectAsync(host.Address))
        {
            await peer.SendCallAsync(1, ProbeService.Unary, FrameFlags.None);
            var more = RawHttp2Peer.Frame(
                FrameType.Continuation,
                FrameFlags.None,
                1,
                RawHttp2Peer.HeaderBlock([("x-flood", new string('x', 1000))])
            );
            var sent = 0;
            var end = peer.ReadEndAsync(1);
            try
            {
                while (!end.IsCompleted && sent < 100_000_000)
                {
                    await peer.SendBytesAsync(more);
                    sent += more.Length;
                }
            }
            catch (IOException)
            {
                // The server has closed the connection.
            }

            var ended = await end;
            Assert.True(ended.ConnectionClosed || ended.ErrorCode is not null || ended.HttpStatus is not null, ended.ToString());
            Assert.InRange(sent, 1, 99_999_999);
        }

        await AssertServesAsync(host);
    }

    [Fact]
    public async Task A_peer_that_never_reads_holds_only_bounded_memory_and_its_deadline_frees_it()
    {
        var ended = new TaskCompletionSource<(int Written, Exception? Exception)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new StreamingOutputCallResponse { Payload = new Payload { Body = ByteString.CopyFrom(new byte[10_000]) } };
        _probe.OnServerStreaming = async (_, responses, _) =>
        {
            var written = 0;
            try
            {
                while (true)
                {
                    await responses.WriteAsync(message);
                    written++;
                }
            }
            catch (Exception e)
            {
                ended.SetResult((written, e));
                throw;
            }
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        // A window of nothing: not one byte of data may be sent.
        await using var peer = await RawHttp2Peer.ConnectAsync(host.Address, initialWindow: 0);
        await peer.SendCallAsync(1, ProbeService.ServerStreaming, EndHeaders, ("grpc-timeout", "2S"));
        await peer.SendAsync(FrameType.Data, FrameFlags.EndStream, 1, WireClient.Frame(new StreamingOutputCallRequest()));
        var (written, exception) = await ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.IsAssignableFrom<OperationCanceledException>(exception);
        Assert.InRange(written, 0, 50);
        // CANCEL: there is no way to send a status behind data that the peer will not take.
        Assert.Equal(8u, (await peer.ReadEndAsync(1)).ErrorCode);
        await AssertServesAsync(host);
    }

    [Fact]
    public async Task Streams_opened_and_reset_in_a_flood_do_not_stop_the_server()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        await using (var peer = await RawHttp2Peer.ConnectAsync(host.Address))
        {
            try
            {
                for (var stream = 1; stream < 4000; stream += 2)
                {
                    await peer.SendCallAsync(stream, ProbeService.Unary);
                    await peer.SendAsync(FrameType.RstStream, 0, stream, [0, 0, 0, 8]);
                }
            }
            catch (IOException)
            {
                // The server may end a connection that does this (ENHANCE_YOUR_CALM).
            }
        }

        await AssertServesAsync(host);
    }

    [Fact]
    public async Task Any_bytes_in_place_of_frames_leave_the_server_serving()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        var random = new Random(20261120);
        for (var round = 0; round < 50; round++)
        {
            await using var peer = await RawHttp2Peer.ConnectAsync(host.Address);
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
            {
                // A frame with a sound length, so that its content is looked at.
                bytes = RawHttp2Peer.Frame((FrameType)random.Next(10), (FrameFlags)random.Next(256), random.Next(4), bytes);
            }

            await peer.SendBytesAsync(bytes);
        }

        await AssertServesAsync(host);
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    private static void AssertRefused(StreamEnd end) =>
        Assert.True(
            end is { GrpcStatus: null } && (end.ErrorCode is not null || end.HttpStatus is "431" or "400" || end.ConnectionClosed),
            end.ToString()
        );

    private static async Task AssertServesAsync(GrpcHost host)
    {
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new SimpleRequest { ResponseSize = 1 });
        Assert.Equal(StatusCode.OK, answer.Status);
    }
}
