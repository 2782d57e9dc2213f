using Grpc.Core;

namespace EContract.Grpc.Client;

internal sealed class DuplexStreamingClientCall<TRequest, TResponse> : StreamResponseClientCall<TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly RequestQueue _queue;

    public DuplexStreamingClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, in CallOptions options)
        : base(channel, method, host, options, method.ResponseMarshaller)
    {
        _queue = new RequestQueue(channel.FindRetryPolicy(method) is null ? 0 : channel.Options.MaxRetryBufferPerCallSize);
        Requests = new RequestWriter<TRequest>(this, _queue, method.RequestMarshaller, channel.Options, Compress)
        {
            WriteOptions = options.WriteOptions,
        };
    }

    public IClientStreamWriter<TRequest> Requests { get; }

    protected override bool CanRepeat => _queue.CanRepeat;

    protected override HttpContent CreateContent() => _queue.BeginAttempt();

    protected override void Commit() => _queue.Commit();

    protected override void ReleaseRequest() => _queue.EndByServer();

    protected override void OnFinished()
    {
        _queue.Close();
        base.OnFinished();
    }
}
