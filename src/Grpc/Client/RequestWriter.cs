using EContract.Grpc.Calls;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>The caller's end of a request stream.</summary>
internal sealed class RequestWriter<T>(
    ClientCall call,
    RequestQueue queue,
    Marshaller<T> marshaller,
    GrpcChannelOptions options,
    bool compress
) : IClientStreamWriter<T>
    where T : class
{
    private bool _completed; // owned by the caller
    private Task _lastWrite = Task.CompletedTask; // owned by the caller

    public WriteOptions? WriteOptions { get; set; }

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
        queue.Complete();
        return Task.CompletedTask;
    }

    private async Task WriteCoreAsync(T message, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static call => ((ClientCall)call!).Abort(CallStatuses.Cancelled),
            call
        );
        try
        {
            var isPlain = WriteOptions?.Flags.HasFlag(WriteFlags.NoCompress) ?? false;
            await queue.WriteAsync(MessageFrame.Create(message, marshaller, options, compress && !isPlain)).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            throw call.TryGetEnd(out var status, out var trailers) && status.StatusCode != StatusCode.OK
                ? new RpcException(status, trailers)
                : new InvalidOperationException("Can't write the message because the call is complete.");
        }
    }
}
