using Grpc.Core;

namespace EContract.Grpc.Server.Http;

/// <summary>The responses of a streaming call.</summary>
internal sealed class HttpStreamWriter<T>(HttpServerCallContext call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    private volatile bool _complete;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _complete
            ? throw new InvalidOperationException("Can't write the message because the request is complete.")
            : call.WriteAndFlushAsync(message, marshaller.ContextualSerializer, WriteOptions, cancellationToken);
    }

    /// <summary>The call is over.</summary>
    public void Complete() => _complete = true;
}
