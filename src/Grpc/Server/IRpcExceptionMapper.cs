using Grpc.Core;

namespace EContract.Grpc.Server;

/// <summary>
/// Turns exceptions that handlers throw into statuses. Register implementations as singletons; the first that answers counts.
/// Exceptions that nobody maps become INTERNAL without detail.
/// </summary>
public interface IRpcExceptionMapper
{
    /// <summary>Null if this mapper does not know the exception.</summary>
    RpcException? Map(Exception exception, ServerCallContext context);
}
