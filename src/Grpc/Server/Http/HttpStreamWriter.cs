using Grpc.Core;

namespace EContract.Grpc.Server.Http;

/// <summary>The responses of a streaming call.</summary>
internal sealed class HttpStreamWriter<T>(HttpServerCallContext call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    private Task _lastWrite = Task.CompletedTask;
    private volatile bool _complete;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_complete)
        {
            throw new InvalidOperationException("Can't write the message because the request is complete.");
        }

        var write = WriteCoreAsync(message, cancellationToken);
        if (!write.IsCompleted)
        {
            _lastWrite = write;
        }

        return write;
    }

    /// <summary>No more writes; waits for one that the handler left behind.</summary>
    public async Task CompleteAsync()
    {
        _complete = true;
        await _lastWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteCoreAsync(T message, CancellationToken cancellationToken)
    {
        using var linked = new CallToken(call.ReadToken, cancellationToken);
        await call.WriteAndFlushAsync(message, marshaller.ContextualSerializer, WriteOptions, linked.Token).ConfigureAwait(false);
    }
}
