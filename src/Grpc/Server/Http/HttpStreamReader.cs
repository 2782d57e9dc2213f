using Grpc.Core;

namespace EContract.Grpc.Server.Http;

/// <summary>The requests of a streaming call. Reading drives HTTP/2 flow control: a handler that does not read holds the client back.</summary>
internal sealed class HttpStreamReader<T>(HttpServerCallContext call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private int _reading;
    private volatile bool _complete;

    public T Current { get; private set; } = null!;

    /// <summary>The call is over.</summary>
    public void Complete() => _complete = true;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_complete)
        {
            throw new InvalidOperationException("Can't read messages after the request is complete.");
        }

        if (Interlocked.Exchange(ref _reading, 1) == 1)
        {
            throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        }

        try
        {
            using var linked = new CallToken(call.ReadToken, cancellationToken);
            Current = (await call.Reader.ReadAsync(marshaller.ContextualDeserializer, linked.Token).ConfigureAwait(false))!;
            return Current is not null;
        }
        catch (Exception e) when (call.TellsClientIsGone(e))
        {
            throw new OperationCanceledException("The client has ended the call.", e, call.CancellationToken);
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
