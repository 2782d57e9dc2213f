using System.Threading.Channels;
using EContract.Grpc.Calls;
using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>The responses of a call: written by the handler, read by the caller, a bounded number in between.</summary>
internal sealed class ResponseStream<T>(StreamResponseCall<T> call, int capacity, Func<T, T> copy)
    : IServerStreamWriter<T>,
        IAsyncStreamReader<T>
    where T : class
{
    private readonly Channel<T> _messages = Channel.CreateBounded<T>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true }
    );

    private Task _lastWrite = Task.CompletedTask; // owned by the handler
    private Task<bool> _lastRead = Task.FromResult(true); // owned by the caller

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Set by the caller's <see cref="MoveNext"/>.</summary>
    public T Current { get; private set; } = null!;

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        call.ThrowIfHandlerDone();
        if (!_lastWrite.IsCompleted)
        {
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        }

        return _lastWrite = WriteCoreAsync(message, cancellationToken);
    }

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!_lastRead.IsCompleted)
        {
            throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        }

        return _lastRead = MoveNextCoreAsync(cancellationToken);
    }

    /// <summary>No more messages follow those written.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    private async Task WriteCoreAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        call.SendHeaders();
        try
        {
            await _messages.Writer.WriteAsync(copy(message), cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new OperationCanceledException(call.CancellationToken);
        }
    }

    private async Task<bool> MoveNextCoreAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            call.Abort(CallStatuses.Cancelled);
        }

        while (true)
        {
            if (call.TryGetEnd(out var status, out var trailers))
            {
                Current = null!;
                return status.StatusCode == StatusCode.OK ? false : throw new RpcException(status, trailers);
            }

            if (_messages.Reader.TryRead(out var message))
            {
                Current = message;
                return true;
            }

            await using var registration = cancellationToken.UnsafeRegister(
                static call => ((InProcessCall)call!).Abort(CallStatuses.Cancelled),
                call
            );
            if (!await _messages.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                // No effect if it was the caller's side that ended the call.
                call.FinishAsServerSaid();
            }
        }
    }
}
