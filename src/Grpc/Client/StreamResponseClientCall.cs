using EContract.Grpc.Calls;
using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>A call that is answered with a stream; it is finished when the caller has read the last message and the status after it.</summary>
internal abstract class StreamResponseClientCall<TResponse>(
    GrpcChannel channel,
    IMethod method,
    string? host,
    in CallOptions options,
    Marshaller<TResponse> marshaller
) : ClientCall(channel, method, host, options), IAsyncStreamReader<TResponse>
    where TResponse : class
{
    /// <summary>Completes when the server answers, or when the call is finished.</summary>
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Set before _answered, then owned by the reader.
    private readonly MessageReader _reader = new();
    private HttpResponseMessage? _response;
    private ResponseBodyReader? _pipe;
    private Task<bool> _lastRead = Task.FromResult(true);

    public TResponse Current { get; private set; } = null!;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!_lastRead.IsCompleted)
        {
            throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        }

        return _lastRead = MoveNextCoreAsync(cancellationToken);
    }

    protected override async Task ReceiveAsync(HttpResponseMessage response, MessageEncoding encoding)
    {
        _pipe = new ResponseBodyReader(await response.Content.ReadAsStreamAsync(Aborted).ConfigureAwait(false));
        _reader.Start(_pipe, Channel.Options.MaxReceiveMessageSize, encoding);
        _response = response;
        _answered.TrySetResult();
    }

    protected override void OnFinished() => _answered.TrySetResult();

    private async Task<bool> MoveNextCoreAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static call => ((ClientCall)call!).Abort(CallStatuses.Cancelled),
            this
        );
        await _answered.Task.ConfigureAwait(false);
        Current = null!;
        if (!TryGetEnd(out var status, out var trailers))
        {
            try
            {
                if (await _reader.ReadAsync(marshaller.ContextualDeserializer, Aborted).ConfigureAwait(false) is { } message)
                {
                    Current = message;
                    return true;
                }

                FinishWithTrailers(_response!);
                _pipe!.Complete();
                _response!.Dispose();
            }
            catch (Exception e)
            {
                Fail(e);
            }

            TryGetEnd(out status, out trailers);
        }

        return status.StatusCode == StatusCode.OK ? false : throw new RpcException(status, trailers);
    }
}
