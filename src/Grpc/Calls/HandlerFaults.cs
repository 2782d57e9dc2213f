using Grpc.Core;

namespace EContract.Grpc.Calls;

/// <summary>What a caller is told of a handler that broke.</summary>
internal static class HandlerFaults
{
    public static readonly Status Unexpected = new(StatusCode.Internal, "Exception was thrown by handler.");
    public static readonly Status NoResponse = new(StatusCode.Internal, "No message returned from method.");
}
