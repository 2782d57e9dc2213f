using System.Buffers;
using System.IO.Pipelines;
using EContract.Grpc.Tests.Server;
using EContract.Grpc.Wire;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

public sealed class MessageReaderTests
{
    private static readonly Func<DeserializationContext, byte[]> Bytes = context => context.PayloadAsNewBuffer();

    [Fact]
    public void Messages_come_out_as_they_went_in_however_the_transport_cuts_them() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, 300).ListOf()),
                Arb.From(Gen.Choose(1, 40)),
                (sizes, pieceSize) =>
                {
                    byte[][] messages = [.. sizes.Select(size => Pattern(size))];
                    byte[] stream = [.. messages.SelectMany((message, i) => i % 2 == 0 ? WireClient.Frame(message) : Compressed(message))];
                    var read = ReadAllAsync(stream, pieceSize, 4096).GetAwaiter().GetResult();
                    Assert.Equal(messages, read);
                }
            )
            .Check(PropertyRuns.Of(300));

    [Fact]
    public async Task A_stream_that_ends_inside_a_message_is_INTERNAL()
    {
        var stream = WireClient.Frame(Pattern(20));
        for (var length = 1; length < stream.Length; length++)
        {
            var thrown = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(stream[..length], 7, 4096));
            Assert.Equal(StatusCode.Internal, thrown.StatusCode);
        }
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task A_message_may_be_as_large_as_the_limit_and_no_larger(int size, bool accepted)
    {
        foreach (var stream in new[] { WireClient.Frame(new byte[size]), Compressed(new byte[size]) })
        {
            var read = ReadAllAsync(stream, int.MaxValue, 100);
            if (accepted)
            {
                Assert.Equal(size, Assert.Single(await read).Length);
            }
            else
            {
                Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
            }
        }
    }

    [Fact]
    public async Task The_length_alone_refuses_a_message_before_any_of_it_is_read()
    {
        var thrown = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(WireClient.Frame([], 0, uint.MaxValue), 1, 4096));
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
    }

    [Fact]
    public async Task The_compressed_flag_needs_an_encoding()
    {
        var thrown = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(Compressed([1]), 100, 4096, MessageEncoding.Identity));
        Assert.Equal(StatusCode.Internal, thrown.StatusCode);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(255)]
    public async Task Other_flags_are_INTERNAL(byte flag)
    {
        var thrown = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(WireClient.Frame([1], flag), 100, 4096));
        Assert.Equal(StatusCode.Internal, thrown.StatusCode);
    }

    [Fact]
    public async Task What_is_not_gzip_is_INTERNAL()
    {
        byte[] gzip = WireClient.Gzip(Pattern(1000));
        byte[][] broken =
        [
            [1, 2, 3],
            gzip[..^1],
            gzip[..^9],
            [.. gzip[..20], .. new byte[20]],
        ];
        foreach (var payload in broken)
        {
            var thrown = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(WireClient.Frame(payload, 1), 100, 4096));
            Assert.Equal(StatusCode.Internal, thrown.StatusCode);
        }
    }

    [Fact]
    public async Task An_empty_message_may_come_compressed_to_nothing() =>
        Assert.Empty(Assert.Single(await ReadAllAsync(WireClient.Frame([], 1), 100, 4096)));

    [Fact]
    public async Task A_bomb_costs_no_more_than_the_limit()
    {
        const int Limit = 64 * 1024;
        var bomb = Compressed(new byte[50_000_000]);
        Assert.True(bomb.Length < Limit);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new MessageReader();
        reader.Start(PipeReader.Create(new ReadOnlySequence<byte>(bomb)), Limit, MessageEncoding.Gzip);
        var read = reader.ReadAsync(Bytes, TestContext.Current.CancellationToken);
        Assert.True(read.IsCompleted);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(async () => await read)).StatusCode);
        Assert.InRange(allocated, 0, 20 * Limit);
    }

    internal static byte[] Compressed(byte[] message) => WireClient.Frame(WireClient.Gzip(message), 1);

    internal static async Task<List<byte[]>> ReadAllAsync(
        byte[] stream,
        int pieceSize,
        int limit,
        MessageEncoding encoding = MessageEncoding.Gzip
    )
    {
        var reader = Reader(stream, pieceSize, limit, encoding);
        var messages = new List<byte[]>();
        while (await reader.ReadAsync(Bytes, TestContext.Current.CancellationToken) is { } message)
        {
            messages.Add(message);
        }

        Assert.True(await reader.ReadEndAsync(TestContext.Current.CancellationToken));
        return messages;
    }

    private static MessageReader Reader(byte[] stream, int pieceSize, int limit, MessageEncoding encoding)
    {
        var reader = new MessageReader();
        reader.Start(RecordingPipe.Of(stream, pieceSize), limit, encoding);
        return reader;
    }

    private static byte[] Pattern(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i * 7 + size))];
}
