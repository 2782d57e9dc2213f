using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>Starts calls over a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    private static readonly Func<object, Task<Metadata>> Headers = static call => ((ClientCall)call).ResponseHeadersAsync();
    private static readonly Func<object, Status> GetStatus = static call => ((ClientCall)call).GetStatus();
    private static readonly Func<object, Metadata> GetTrailers = static call => ((ClientCall)call).GetTrailers();
    private static readonly Action<object> Dispose = static call => ((ClientCall)call).Dispose();

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = new UnaryClientCall<TRequest, TResponse>(channel, method, host, options, request);
        call.Start();
        return new AsyncUnaryCall<TResponse>(call.Response, Headers, GetStatus, GetTrailers, Dispose, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = new ServerStreamingClientCall<TRequest, TResponse>(channel, method, host, options, request);
        call.Start();
        return new AsyncServerStreamingCall<TResponse>(call, Headers, GetStatus, GetTrailers, Dispose, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var call = new ClientStreamingClientCall<TRequest, TResponse>(channel, method, host, options);
        call.Start();
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.Requests,
            call.Response,
            Headers,
            GetStatus,
            GetTrailers,
            Dispose,
            call
        );
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var call = new DuplexStreamingClientCall<TRequest, TResponse>(channel, method, host, options);
        call.Start();
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(call.Requests, call, Headers, GetStatus, GetTrailers, Dispose, call);
    }
}
