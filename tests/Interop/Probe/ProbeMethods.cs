using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EContract.Interop.Tests.Probe;

/// <summary>A service with one method of each kind, so that each test can say in place what the server does.</summary>
internal static class ProbeMethods
{
    public const string Service = "probe.Probe";

    private static readonly Marshaller<BytesValue> Bytes = Marshallers.Create(
        (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        },
        context => BytesValue.Parser.ParseFrom(context.PayloadAsReadOnlySequence())
    );

    public static readonly Method<BytesValue, BytesValue> Unary = new(MethodType.Unary, Service, "Unary", Bytes, Bytes);

    public static readonly Method<BytesValue, BytesValue> ClientStreaming = new(
        MethodType.ClientStreaming,
        Service,
        "ClientStreaming",
        Bytes,
        Bytes
    );

    public static readonly Method<BytesValue, BytesValue> ServerStreaming = new(
        MethodType.ServerStreaming,
        Service,
        "ServerStreaming",
        Bytes,
        Bytes
    );

    public static readonly Method<BytesValue, BytesValue> Duplex = new(MethodType.DuplexStreaming, Service, "Duplex", Bytes, Bytes);

    public static BytesValue Message(string text) => new() { Value = ByteString.CopyFromUtf8(text) };

    public static string Text(this BytesValue message) => message.Value.ToStringUtf8();
}
