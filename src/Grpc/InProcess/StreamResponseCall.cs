using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>
/// A call that is answered with a stream. It is finished for the caller when the caller has read the last message: until then the
/// deadline and cancellation can still end it otherwise.
/// </summary>
internal abstract class StreamResponseCall<TResponse> : InProcessCall
    where TResponse : class
{
    private readonly ResponseStream<TResponse> _responses;
    private (Status Status, Metadata Trailers) _serverEnd; // set before the response stream is completed

    protected StreamResponseCall(
        InProcessChannel channel,
        IMethod method,
        string? host,
        in CallOptions options,
        Func<TResponse, TResponse> copyResponse
    )
        : base(channel, method, host, options)
    {
        _responses = new ResponseStream<TResponse>(this, channel.Server.Options.BufferedMessages, copyResponse);
    }

    public IAsyncStreamReader<TResponse> Responses => _responses;

    protected IServerStreamWriter<TResponse> Writer => _responses;

    public override void Start()
    {
        if (TryBegin())
        {
            Track();
            _ = RunHandlerAsync();
        }
    }

    /// <summary>The caller has read all messages.</summary>
    public void FinishAsServerSaid()
    {
        if (TryFinish(_serverEnd.Status, _serverEnd.Trailers))
        {
            PublishEnd();
        }
    }

    protected abstract Task Invoke();

    /// <summary>No more requests can be taken.</summary>
    protected virtual void CloseRequests() { }

    protected override void OnFinished()
    {
        CloseRequests();
        _responses.Complete();
    }

    private async Task RunHandlerAsync()
    {
        Exception? failure = null;
        try
        {
            await Invoke().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        _serverEnd = EndHandler(failure);
        SendHeaders();
        CloseRequests();
        _responses.Complete();
    }
}
