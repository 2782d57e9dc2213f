using System.Buffers;
using EContract.Grpc.Wire;
using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

public sealed class MessageWriterTests
{
    private readonly ArrayBufferWriter<byte> _target = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_way_to_serialize_gives_the_same_message(bool compress)
    {
        byte[] payload = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i / 50))];
        Action<byte[], SerializationContext>[] serializers =
        [
            (message, context) => context.Complete(message),
            (message, context) =>
            {
                context.GetBufferWriter().Write(message);
                context.Complete();
            },
            (message, context) =>
            {
                context.SetPayloadLength(message.Length);
                context.GetBufferWriter().Write(message.AsSpan(0, 100));
                context.GetBufferWriter().Write(message.AsSpan(100));
                context.Complete();
            },
        ];
        using var writer = new MessageWriter();
        writer.Start(_target, payload.Length);
        foreach (var serializer in serializers)
        {
            writer.Write(payload, serializer, compress);
        }

        var read = await MessageReaderTests.ReadAllAsync(_target.WrittenSpan.ToArray(), 100, payload.Length);
        Assert.Equal([payload, payload, payload], read);
        Assert.Equal(compress, _target.WrittenCount < payload.Length);
    }

    [Fact]
    public void A_message_over_the_limit_leaves_no_trace()
    {
        using var writer = new MessageWriter();
        writer.Start(_target, 10);
        Action<byte[], SerializationContext>[] serializers =
        [
            (message, context) => context.Complete(message),
            (message, context) =>
            {
                context.SetPayloadLength(message.Length);
                context.GetBufferWriter().Write(message);
                context.Complete();
            },
        ];
        foreach (var serializer in serializers)
        {
            var thrown = Assert.Throws<RpcException>(() => writer.Write(new byte[11], serializer, compress: false));
            Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
        }

        Assert.Equal(0, _target.WrittenCount);
        Assert.False(writer.IsBroken);
    }

    [Fact]
    public void A_serializer_that_lies_about_its_length_breaks_the_stream_visibly()
    {
        using var writer = new MessageWriter();
        writer.Start(_target, null);
        Assert.Throws<InvalidOperationException>(() =>
            writer.Write(
                new byte[3],
                (message, context) =>
                {
                    context.SetPayloadLength(4);
                    context.GetBufferWriter().Write(message);
                    context.Complete();
                },
                compress: false
            )
        );
        Assert.True(writer.IsBroken);
    }

    [Fact]
    public void A_serializer_must_complete_once()
    {
        using var writer = new MessageWriter();
        writer.Start(_target, null);
        Assert.Throws<InvalidOperationException>(() => writer.Write(1, (_, _) => { }, compress: false));
        Assert.Throws<InvalidOperationException>(() =>
            writer.Write(
                1,
                (_, context) =>
                {
                    context.Complete([1]);
                    context.Complete([1]);
                },
                compress: false
            )
        );
    }
}
