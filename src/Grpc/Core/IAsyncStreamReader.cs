namespace Grpc.Core;

/// <summary>A stream of messages to be read; one reader at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>Valid after <see cref="MoveNext"/> gave true.</summary>
    T Current { get; }

    /// <summary>Reads the next message. False at the end of the stream.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
