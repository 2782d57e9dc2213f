using EContract.Grpc.Wire;
using Google.Protobuf;

namespace Grpc.Core;

/// <summary>Reads the rich error model from an exception.</summary>
public static class RpcExceptionExtensions
{
    /// <summary>The <c>google.rpc.Status</c> that came with the status; null if there is none or its bytes are broken.</summary>
    public static Google.Rpc.Status? GetRpcStatus(this RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (exception.Trailers.GetValueBytes(ProtocolHeaders.StatusDetails) is not { } bytes)
        {
            return null;
        }

        try
        {
            return Google.Rpc.Status.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
