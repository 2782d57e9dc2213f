using Grpc.Core;

namespace EContract.Grpc.Wire;

/// <summary>What is wrong on the wire, with the status that the gRPC specification (statuscodes.md, compression.md) names for it.</summary>
internal static class WireFaults
{
    public static RpcException MessageTooLarge(long size, int limit) =>
        new(new Status(StatusCode.ResourceExhausted, $"Received message of {size} bytes exceeds the limit of {limit} bytes"));

    public static RpcException DecompressedTooLarge(int limit) =>
        new(new Status(StatusCode.ResourceExhausted, $"Received message exceeds the limit of {limit} bytes after decompression"));

    public static RpcException SentMessageTooLarge(long size, int limit) =>
        new(new Status(StatusCode.ResourceExhausted, $"Sending message of {size} bytes exceeds the limit of {limit} bytes"));

    public static RpcException Truncated() => new(new Status(StatusCode.Internal, "Incomplete message"));

    // statuscodes.md: request cardinality violation → UNIMPLEMENTED
    public static RpcException RequestMissing() =>
        new(new Status(StatusCode.Unimplemented, "The method takes one request message and the client sent none"));

    public static RpcException TooManyRequests() =>
        new(new Status(StatusCode.Unimplemented, "The method takes one request message and the client sent more"));

    public static RpcException BadCompressedFlag(byte flag) =>
        new(new Status(StatusCode.Internal, $"Message prefix has compressed flag {flag}; only 0 and 1 are defined"));

    public static RpcException CompressedWithoutEncoding() =>
        new(new Status(StatusCode.Internal, "Message has the compressed flag but the call names no grpc-encoding"));

    public static RpcException CannotDecompress(Exception? cause) =>
        new(new Status(StatusCode.Internal, "Message cannot be decompressed", cause));

    public static RpcException CannotDeserialize(Exception cause) =>
        new(new Status(StatusCode.Internal, "Message cannot be parsed", cause));
}
