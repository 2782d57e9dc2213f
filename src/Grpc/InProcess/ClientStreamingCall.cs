using Grpc.Core;

namespace EContract.Grpc.InProcess;

internal sealed class ClientStreamingCall<TRequest, TResponse> : SingleResponseCall<TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly InProcessMethod<TRequest, TResponse> _served;
    private readonly RequestStream<TRequest> _requests;

    public ClientStreamingCall(InProcessChannel channel, InProcessMethod<TRequest, TResponse> served, string? host, in CallOptions options)
        : base(channel, served.Method, host, options, served.CopyResponse)
    {
        _served = served;
        _requests = new RequestStream<TRequest>(this, channel.Server.Options.BufferedMessages, served.CopyRequest);
    }

    public IClientStreamWriter<TRequest> Requests => _requests;

    protected override Task<TResponse> Invoke() => _served.ClientStreaming!(_requests, this);

    protected override void OnFinished()
    {
        _requests.Close();
        base.OnFinished();
    }
}
