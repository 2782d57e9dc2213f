using Grpc.Core;

namespace EContract.Grpc.InProcess;

internal sealed class ServerStreamingCall<TRequest, TResponse>(
    InProcessChannel channel,
    InProcessMethod<TRequest, TResponse> served,
    string? host,
    in CallOptions options,
    TRequest request
) : StreamResponseCall<TResponse>(channel, served.Method, host, options, served.CopyResponse)
    where TRequest : class
    where TResponse : class
{
    protected override Task Invoke() => served.ServerStreaming!(served.CopyRequest(request), Writer, this);
}
