using Grpc.Core;

namespace EContract.Grpc.InProcess;

internal sealed class UnaryCall<TRequest, TResponse>(
    InProcessChannel channel,
    InProcessMethod<TRequest, TResponse> served,
    string? host,
    in CallOptions options,
    TRequest request
) : SingleResponseCall<TResponse>(channel, served.Method, host, options, served.CopyResponse)
    where TRequest : class
    where TResponse : class
{
    protected override Task<TResponse> Invoke() => served.Unary!(served.CopyRequest(request), this);
}
