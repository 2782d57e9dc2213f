using EContract.Grpc.Server.Methods;

namespace EContract.Grpc.Server.Http;

internal sealed class ServerStreamingCallHandler<TRequest, TResponse>(BoundMethod<TRequest, TResponse> method, HttpCallServices services)
    : HttpCallHandler<TRequest, TResponse>(method, services)
    where TRequest : class
    where TResponse : class
{
    private readonly BoundMethod<TRequest, TResponse> _method = method;

    protected override async Task InvokeAsync(HttpServerCallContext call)
    {
        var request = await ReadSingleAsync(call).ConfigureAwait(false);
        var responses = new HttpStreamWriter<TResponse>(call, ResponseMarshaller);
        try
        {
            await _method.ServerStreaming!(request, responses, call).ConfigureAwait(false);
        }
        finally
        {
            responses.Complete();
        }
    }
}
