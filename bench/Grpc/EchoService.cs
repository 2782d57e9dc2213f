using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EContract.Bench.Grpc;

/// <summary>A unary echo, shaped as generated code is.</summary>
[BindServiceMethod(typeof(EchoService), nameof(BindService))]
public sealed class EchoService
{
    public const string Path = "/econtract.bench.Echo/Echo";

    /// <summary>30 bytes, 32 as a message.</summary>
    public static BytesValue Message { get; } = new() { Value = ByteString.CopyFrom([.. Enumerable.Range(0, 30).Select(i => (byte)i)]) };

    public static Method<BytesValue, BytesValue> Method { get; } =
        new(MethodType.Unary, "econtract.bench.Echo", "Echo", Marshal(), Marshal());

    public static void BindService(ServiceBinderBase binder, EchoService? service) =>
        binder.AddMethod(Method, service is null ? null : new UnaryServerMethod<BytesValue, BytesValue>(service.Echo));

    public Task<BytesValue> Echo(BytesValue request, ServerCallContext context) =>
        Task.FromResult(new BytesValue { Value = request.Value });

    private static Marshaller<BytesValue> Marshal() =>
        Marshallers.Create(
            (BytesValue message, SerializationContext context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => BytesValue.Parser.ParseFrom(context.PayloadAsReadOnlySequence())
        );
}
