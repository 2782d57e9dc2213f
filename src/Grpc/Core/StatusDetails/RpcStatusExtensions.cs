using EContract.Grpc.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Google.Rpc;

/// <summary>Builds and reads the rich error model, names as in the official Grpc.StatusProto package.</summary>
public static class RpcStatusExtensions
{
    /// <summary>The detail of that type, or null.</summary>
    public static T? GetDetail<T>(this Status status)
        where T : class, IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(status);
        var expected = new T();
        foreach (var any in status.Details)
        {
            if (any.Is(expected.Descriptor))
            {
                return any.Unpack<T>();
            }
        }

        return null;
    }

    /// <summary>Adds a detail; for chaining.</summary>
    public static Status WithDetail(this Status status, IMessage detail)
    {
        ArgumentNullException.ThrowIfNull(status);
        status.Details.Add(Any.Pack(detail));
        return status;
    }

    /// <summary>The exception that ends a call with this status; the details travel in <c>grpc-status-details-bin</c>.</summary>
    public static RpcException ToRpcException(this Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var trailers = new Metadata { { ProtocolHeaders.StatusDetails, status.ToByteArray() } };
        return new RpcException(new global::Grpc.Core.Status((StatusCode)status.Code, status.Message), trailers);
    }
}
