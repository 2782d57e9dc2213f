using EContract.Grpc.Calls;
using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>A call that is answered with one message. A handler that returns at once costs no thread switch.</summary>
internal abstract class SingleResponseCall<TResponse>(
    InProcessChannel channel,
    IMethod method,
    string? host,
    in CallOptions options,
    Func<TResponse, TResponse> copyResponse
) : InProcessCall(channel, method, host, options)
    where TResponse : class
{
    private readonly TaskCompletionSource<TResponse> _response = new();

    public Task<TResponse> Response => _response.Task;

    public override void Start()
    {
        if (!TryBegin())
        {
            return;
        }

        Task<TResponse> handled;
        try
        {
            handled = Invoke();
        }
        catch (Exception failure)
        {
            End(null, failure);
            return;
        }

        if (handled.IsCompletedSuccessfully)
        {
            End(handled.Result, null);
        }
        else
        {
            Track();
            _ = AwaitHandlerAsync(handled);
        }
    }

    protected abstract Task<TResponse> Invoke();

    protected override void OnFinished()
    {
        TryGetEnd(out var status, out var trailers);
        if (status.StatusCode != StatusCode.OK)
        {
            _response.TrySetException(new RpcException(status, trailers));
            _ = _response.Task.Exception; // the caller may never look
        }
    }

    private async Task AwaitHandlerAsync(Task<TResponse> handled)
    {
        TResponse? response = null;
        Exception? failure = null;
        try
        {
            response = await handled.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        End(response, failure);
    }

    private void End(TResponse? response, Exception? failure)
    {
        TResponse? copy = null;
        try
        {
            copy = response is null ? null : copyResponse(response);
        }
        catch (Exception e)
        {
            failure = e;
        }

        var (status, trailers) = EndHandler(failure);
        if (status.StatusCode == StatusCode.OK && copy is null)
        {
            status = HandlerFaults.NoResponse;
        }

        if (TryFinish(status, trailers))
        {
            PublishEnd();
            if (status.StatusCode == StatusCode.OK)
            {
                _response.SetResult(copy!);
            }
        }
    }
}
