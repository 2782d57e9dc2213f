using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>A call that is answered with one message.</summary>
internal abstract class SingleResponseClientCall<TResponse>(
    GrpcChannel channel,
    IMethod method,
    string? host,
    in CallOptions options,
    Marshaller<TResponse> marshaller
) : ClientCall(channel, method, host, options)
    where TResponse : class
{
    // statuscodes.md: "Response cardinality violation (method requires exactly one response but server sent some other number)".
    private static readonly Status NoResponse = new(StatusCode.Unimplemented, "The server sent no response message.");
    private static readonly Status ManyResponses = new(StatusCode.Unimplemented, "The server sent more than one response message.");

    private readonly TaskCompletionSource<TResponse> _response = new();
    private TResponse? _message; // set before the call finishes well

    public Task<TResponse> Response => _response.Task;

    protected override Status EmptyEnd => NoResponse;

    protected override async Task ReceiveAsync(HttpResponseMessage response, MessageEncoding encoding)
    {
        using (response)
        {
            var stream = await response.Content.ReadAsStreamAsync(Aborted).ConfigureAwait(false);
            var pipe = new ResponseBodyReader(stream);
            try
            {
                var reader = new MessageReader();
                reader.Start(pipe, Channel.Options.MaxReceiveMessageSize, encoding);
                _message = await reader.ReadAsync(marshaller.ContextualDeserializer, Aborted).ConfigureAwait(false);
                if (_message is not null && !await reader.ReadEndAsync(Aborted).ConfigureAwait(false))
                {
                    Abort(ManyResponses);
                    return;
                }

                FinishWithTrailers(response, _message is null ? NoResponse : null);
            }
            finally
            {
                pipe.Complete();
            }
        }
    }

    protected override void OnFinished()
    {
        TryGetEnd(out var status, out var trailers);
        if (status.StatusCode == StatusCode.OK)
        {
            _response.TrySetResult(_message!);
            return;
        }

        _response.TrySetException(new RpcException(status, trailers));
        _ = _response.Task.Exception; // the caller may never look
    }
}
