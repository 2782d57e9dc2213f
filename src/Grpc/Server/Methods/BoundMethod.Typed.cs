using EContract.Grpc.Server.Http;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EContract.Grpc.Server.Methods;

/// <summary>A <see cref="BoundMethod"/> that knows its message types. The handler of its kind is set, the other three are null.</summary>
internal sealed class BoundMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    Type serviceType,
    MethodOptions options,
    IReadOnlyList<object> metadata
) : BoundMethod(method, serviceType, options, metadata)
    where TRequest : class
    where TResponse : class
{
    public Method<TRequest, TResponse> Method { get; } = method;

    public UnaryServerMethod<TRequest, TResponse>? Unary { get; init; }

    public ClientStreamingServerMethod<TRequest, TResponse>? ClientStreaming { get; init; }

    public ServerStreamingServerMethod<TRequest, TResponse>? ServerStreaming { get; init; }

    public DuplexStreamingServerMethod<TRequest, TResponse>? DuplexStreaming { get; init; }

    public override RequestDelegate CreateRequestDelegate(HttpCallServices services)
    {
        HttpCallHandler<TRequest, TResponse> handler = Method.Type switch
        {
            MethodType.Unary => new UnaryCallHandler<TRequest, TResponse>(this, services),
            MethodType.ClientStreaming => new ClientStreamingCallHandler<TRequest, TResponse>(this, services),
            MethodType.ServerStreaming => new ServerStreamingCallHandler<TRequest, TResponse>(this, services),
            _ => new DuplexStreamingCallHandler<TRequest, TResponse>(this, services),
        };
        return handler.HandleAsync;
    }
}
