using EContract.Grpc.Server.Methods;

namespace EContract.Grpc.Server.Http;

internal sealed class DuplexStreamingCallHandler<TRequest, TResponse>(BoundMethod<TRequest, TResponse> method, HttpCallServices services)
    : HttpCallHandler<TRequest, TResponse>(method, services)
    where TRequest : class
    where TResponse : class
{
    private readonly BoundMethod<TRequest, TResponse> _method = method;

    protected override async Task InvokeAsync(HttpServerCallContext call)
    {
        var requests = new HttpStreamReader<TRequest>(call, RequestMarshaller);
        var responses = new HttpStreamWriter<TResponse>(call, ResponseMarshaller);
        try
        {
            await _method.DuplexStreaming!(requests, responses, call).ConfigureAwait(false);
        }
        finally
        {
            requests.Complete();
            responses.Complete();
        }
    }
}
