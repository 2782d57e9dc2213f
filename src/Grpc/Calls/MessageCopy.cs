using Google.Protobuf;
using Grpc.Core;

namespace EContract.Grpc.Calls;

/// <summary>
/// Gives the other end of an in-process call a message of its own, as the wire does (docs/adr/0015). Protobuf messages are cloned:
/// their byte strings are immutable and so are shared, not copied. Other types go through their marshaller.
/// </summary>
internal static class MessageCopy
{
    public static Func<T, T> For<T>(Marshaller<T> marshaller)
        where T : class =>
        typeof(IDeepCloneable<T>).IsAssignableFrom(typeof(T))
            ? static message => ((IDeepCloneable<T>)message).Clone()
            : message => marshaller.Deserializer(marshaller.Serializer(message));
}
