using Grpc.Core;

namespace EContract.Grpc.InProcess;

internal sealed class DuplexStreamingCall<TRequest, TResponse> : StreamResponseCall<TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly InProcessMethod<TRequest, TResponse> _served;
    private readonly RequestStream<TRequest> _requests;

    public DuplexStreamingCall(InProcessChannel channel, InProcessMethod<TRequest, TResponse> served, string? host, in CallOptions options)
        : base(channel, served.Method, host, options, served.CopyResponse)
    {
        _served = served;
        _requests = new RequestStream<TRequest>(this, channel.Server.Options.BufferedMessages, served.CopyRequest);
    }

    public IClientStreamWriter<TRequest> Requests => _requests;

    protected override Task Invoke() => _served.DuplexStreaming!(_requests, Writer, this);

    protected override void CloseRequests() => _requests.Close();
}
