using EContract.Grpc.Calls;
using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>A method that an in-process server serves.</summary>
internal abstract class InProcessMethod(IMethod method)
{
    public IMethod Method { get; } = method;
}

/// <summary>A method with its handler, interceptors around it already; the handler of its kind is set, the others are not.</summary>
internal sealed class InProcessMethod<TRequest, TResponse>(Method<TRequest, TResponse> method) : InProcessMethod(method)
    where TRequest : class
    where TResponse : class
{
    public Func<TRequest, TRequest> CopyRequest { get; } = MessageCopy.For(method.RequestMarshaller);

    public Func<TResponse, TResponse> CopyResponse { get; } = MessageCopy.For(method.ResponseMarshaller);

    public UnaryServerMethod<TRequest, TResponse>? Unary { get; init; }

    public ClientStreamingServerMethod<TRequest, TResponse>? ClientStreaming { get; init; }

    public ServerStreamingServerMethod<TRequest, TResponse>? ServerStreaming { get; init; }

    public DuplexStreamingServerMethod<TRequest, TResponse>? DuplexStreaming { get; init; }
}
