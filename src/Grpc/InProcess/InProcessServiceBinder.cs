using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>Takes the methods of a service from generated code and puts the server's interceptors around their handlers.</summary>
internal sealed class InProcessServiceBinder(InProcessServer server) : ServiceBinderBase
{
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        foreach (var interceptor in server.Options.Interceptors.Reverse())
        {
            var next = handler!;
            handler = (request, context) => interceptor.UnaryServerHandler(request, context, next);
        }

        server.Add(new InProcessMethod<TRequest, TResponse>(method) { Unary = handler });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ClientStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        foreach (var interceptor in server.Options.Interceptors.Reverse())
        {
            var next = handler!;
            handler = (requests, context) => interceptor.ClientStreamingServerHandler(requests, context, next);
        }

        server.Add(new InProcessMethod<TRequest, TResponse>(method) { ClientStreaming = handler });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        foreach (var interceptor in server.Options.Interceptors.Reverse())
        {
            var next = handler!;
            handler = (request, responses, context) => interceptor.ServerStreamingServerHandler(request, responses, context, next);
        }

        server.Add(new InProcessMethod<TRequest, TResponse>(method) { ServerStreaming = handler });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        foreach (var interceptor in server.Options.Interceptors.Reverse())
        {
            var next = handler!;
            handler = (requests, responses, context) => interceptor.DuplexStreamingServerHandler(requests, responses, context, next);
        }

        server.Add(new InProcessMethod<TRequest, TResponse>(method) { DuplexStreaming = handler });
    }
}
