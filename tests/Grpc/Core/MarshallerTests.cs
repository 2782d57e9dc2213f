using System.Buffers;
using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Core;

public sealed class MarshallerTests
{
    [Fact]
    public void Both_forms_of_a_marshaller_serve_both_uses()
    {
        Marshaller<byte[]>[] marshallers =
        [
            Marshallers.Create<byte[]>(message => message, bytes => bytes),
            Marshallers.Create<byte[]>(
                (message, context) =>
                {
                    context.SetPayloadLength(message.Length);
                    context.GetBufferWriter().Write(message);
                    context.Complete();
                },
                context => context.PayloadAsReadOnlySequence().ToArray()
            ),
        ];
        byte[] message = [1, 2, 3];
        foreach (var marshaller in marshallers)
        {
            Assert.Equal(message, marshaller.Deserializer(marshaller.Serializer(message)));
            var context = new ArraySerializationContext();
            marshaller.ContextualSerializer(message, context);
            Assert.Equal(message, marshaller.ContextualDeserializer(new ArrayDeserializationContext(context.ToArray())));
        }
    }

    [Fact]
    public void Strings_travel_as_UTF_8()
    {
        Assert.Equal("署名"u8.ToArray(), Marshallers.StringMarshaller.Serializer("署名"));
        Assert.Equal("署名", Marshallers.StringMarshaller.Deserializer("署名"u8.ToArray()));
    }

    [Fact]
    public void A_serializer_that_does_not_complete_is_an_error()
    {
        var marshaller = Marshallers.Create<string>((_, _) => { }, _ => "");
        Assert.Throws<InvalidOperationException>(() => marshaller.Serializer("x"));
    }
}
