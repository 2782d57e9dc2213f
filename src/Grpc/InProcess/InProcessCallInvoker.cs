using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>Starts calls of one caller.</summary>
internal sealed class InProcessCallInvoker(InProcessChannel channel) : CallInvoker
{
    private static readonly Func<object, Task<Metadata>> Headers = static call => ((InProcessCall)call).ResponseHeadersAsync();
    private static readonly Func<object, Status> GetStatus = static call => ((InProcessCall)call).GetStatus();
    private static readonly Func<object, Metadata> GetTrailers = static call => ((InProcessCall)call).GetTrailers();
    private static readonly Action<object> Dispose = static call => ((InProcessCall)call).Dispose();

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    ) => StartUnary(method, host, options, request).Response.GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        var call = StartUnary(method, host, options, request);
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
        var served = Find(method, out var refusal);
        var call = new ServerStreamingCall<TRequest, TResponse>(channel, served, host, options, request);
        Launch(call, refusal);

        return new AsyncServerStreamingCall<TResponse>(call.Responses, Headers, GetStatus, GetTrailers, Dispose, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var served = Find(method, out var refusal);
        var call = new ClientStreamingCall<TRequest, TResponse>(channel, served, host, options);
        Launch(call, refusal);

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
        var served = Find(method, out var refusal);
        var call = new DuplexStreamingCall<TRequest, TResponse>(channel, served, host, options);
        Launch(call, refusal);

        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call.Requests,
            call.Responses,
            Headers,
            GetStatus,
            GetTrailers,
            Dispose,
            call
        );
    }

    private UnaryCall<TRequest, TResponse> StartUnary<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        in CallOptions options,
        TRequest request
    )
        where TRequest : class
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(request);
        var served = Find(method, out var refusal);
        var call = new UnaryCall<TRequest, TResponse>(channel, served, host, options, request);
        Launch(call, refusal);

        return call;
    }

    private static void Launch(InProcessCall call, Status? refusal)
    {
        if (refusal is { } status)
        {
            call.Refuse(status);
        }
        else
        {
            call.Start();
        }
    }

    /// <summary>The served method, or one without a handler and the status that refuses the call.</summary>
    private InProcessMethod<TRequest, TResponse> Find<TRequest, TResponse>(Method<TRequest, TResponse> method, out Status? refusal)
        where TRequest : class
        where TResponse : class
    {
        var found = channel.Server.Find(method.FullName);
        if (found is InProcessMethod<TRequest, TResponse> served && served.Method.Type == method.Type)
        {
            refusal = null;
            return served;
        }

        refusal = found switch
        {
            // Both ends are made from the same contract; other message types or another kind can't be understood.
            not null => new Status(StatusCode.Internal, $"{method.FullName} is served with other message types or as another kind."),
            null when channel.Server.HasService(method.ServiceName) => new Status(StatusCode.Unimplemented, "Method is unimplemented."),
            null => new Status(StatusCode.Unimplemented, "Service is unimplemented."),
        };
        return new InProcessMethod<TRequest, TResponse>(method);
    }
}
