using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EContract.Bench.Grpc;

/// <summary>A unary echo written as generated code would be, so that the client's bench needs no protos.</summary>
internal static class EchoProbe
{
    public static readonly Method<BytesValue, BytesValue> Method = new(MethodType.Unary, "bench.Echo", "Echo", Marshaller(), Marshaller());

    public static void BindService(ServiceBinderBase binder, EchoProbeBase? service) =>
        binder.AddMethod(Method, service is null ? null : new UnaryServerMethod<BytesValue, BytesValue>(service.Echo));

    private static Marshaller<BytesValue> Marshaller() =>
        Marshallers.Create(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => BytesValue.Parser.ParseFrom(context.PayloadAsReadOnlySequence())
        );
}

[BindServiceMethod(typeof(EchoProbe), nameof(EchoProbe.BindService))]
internal abstract class EchoProbeBase
{
    public abstract Task<BytesValue> Echo(BytesValue request, ServerCallContext context);
}

internal sealed class EchoProbeService : EchoProbeBase
{
    public override Task<BytesValue> Echo(BytesValue request, ServerCallContext context) => Task.FromResult(request);
}
