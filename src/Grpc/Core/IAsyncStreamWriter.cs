namespace Grpc.Core;

/// <summary>A stream of messages to be written; the task of a write completes when the next may begin (back-pressure).</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Options for the messages that follow.</summary>
    WriteOptions? WriteOptions { get; set; }

    Task WriteAsync(T message);

    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            throw new NotSupportedException("Cancellation of stream writes is not supported by this gRPC implementation.");
        }

        return WriteAsync(message);
    }
}
