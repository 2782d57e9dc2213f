using Grpc.Core;

namespace EContract.Grpc.Client;

internal sealed class UnaryClientCall<TRequest, TResponse> : SingleResponseClientCall<TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly MessageRequest<TRequest> _request;

    public UnaryClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, in CallOptions options, TRequest request)
        : base(channel, method, host, options, method.ResponseMarshaller)
    {
        var compress = Compress && !(options.WriteOptions?.Flags ?? default).HasFlag(WriteFlags.NoCompress);
        _request = new MessageRequest<TRequest>(request, method.RequestMarshaller, channel.Options, compress);
    }

    protected override HttpContent CreateContent() => _request.BeginAttempt();

    protected override void ReleaseRequest() => _request.Release();
}
