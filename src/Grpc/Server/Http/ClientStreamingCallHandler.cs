using EContract.Grpc.Server.Methods;

namespace EContract.Grpc.Server.Http;

internal sealed class ClientStreamingCallHandler<TRequest, TResponse>(BoundMethod<TRequest, TResponse> method, HttpCallServices services)
    : HttpCallHandler<TRequest, TResponse>(method, services)
    where TRequest : class
    where TResponse : class
{
    private readonly BoundMethod<TRequest, TResponse> _method = method;

    protected override async Task InvokeAsync(HttpServerCallContext call)
    {
        var requests = new HttpStreamReader<TRequest>(call, RequestMarshaller);
        try
        {
            await WriteSingleAsync(call, await _method.ClientStreaming!(requests, call).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            requests.Complete();
        }
    }
}
