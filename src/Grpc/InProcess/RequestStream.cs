using System.Threading.Channels;
using EContract.Grpc.Calls;
using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>The requests of a call: written by the caller, read by the handler, a bounded number in between.</summary>
internal sealed class RequestStream<T>(InProcessCall call, int capacity, Func<T, T> copy) : IClientStreamWriter<T>, IAsyncStreamReader<T>
    where T : class
{
    private readonly Channel<T> _messages = Channel.CreateBounded<T>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true }
    );

    private bool _completed; // owned by the caller
    private Task _lastWrite = Task.CompletedTask; // owned by the caller

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Set by the handler's <see cref="MoveNext"/>.</summary>
    public T Current { get; private set; } = null!;

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_completed)
        {
            throw new InvalidOperationException("Request stream has already been completed.");
        }

        if (!_lastWrite.IsCompleted)
        {
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        }

        return _lastWrite = WriteCoreAsync(message, cancellationToken);
    }

    public Task CompleteAsync()
    {
        if (!_lastWrite.IsCompleted)
        {
            throw new InvalidOperationException("Can't complete the client stream writer because the previous write is in progress.");
        }

        _completed = true;
        _messages.Writer.TryComplete();
        return Task.CompletedTask;
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        call.ThrowIfHandlerDone();
        while (!call.IsAborted)
        {
            if (_messages.Reader.TryRead(out var message))
            {
                Current = message;
                return true;
            }

            if (!await _messages.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && !call.IsAborted)
            {
                Current = null!;
                return false;
            }
        }

        throw new OperationCanceledException(call.CancellationToken);
    }

    /// <summary>The call ended: nothing more is read, and writing fails.</summary>
    public void Close() => _messages.Writer.TryComplete();

    private async Task WriteCoreAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            call.Abort(CallStatuses.Cancelled);
        }

        try
        {
            var copied = copy(message);
            if (!_messages.Writer.TryWrite(copied))
            {
                await using var registration = cancellationToken.UnsafeRegister(
                    static call => ((InProcessCall)call!).Abort(CallStatuses.Cancelled),
                    call
                );
                await _messages.Writer.WriteAsync(copied, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (ChannelClosedException)
        {
            throw call.TryGetEnd(out var status, out var trailers) && status.StatusCode != StatusCode.OK
                ? new RpcException(status, trailers)
                : new InvalidOperationException("Can't write the message because the call is complete.");
        }
    }
}
