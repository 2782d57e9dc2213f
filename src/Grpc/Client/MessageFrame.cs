using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>Makes the length-prefixed form of messages.</summary>
internal static class MessageFrame
{
    // Serializers run to their end on one thread and don't write other messages meanwhile.
    [ThreadStatic]
    private static MessageWriter? Writer;

    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than allowed; INTERNAL: the serializer failed.</exception>
    public static PooledBufferWriter Create<T>(T message, Marshaller<T> marshaller, GrpcChannelOptions options, bool compress)
        where T : class
    {
        var frame = new PooledBufferWriter(256);
        using var writer = Writer ??= new MessageWriter();
        try
        {
            writer.Start(frame, options.MaxSendMessageSize, options.CompressionLevel);
            writer.Write(message, marshaller.ContextualSerializer, compress);
            return frame;
        }
        catch (Exception e)
        {
            frame.Dispose();
            throw e is RpcException ? e : new RpcException(new Status(StatusCode.Internal, "The request cannot be serialized.", e));
        }
    }
}
