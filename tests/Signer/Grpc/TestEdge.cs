using System.Collections.Frozen;
using EContract.Hosting.Callers;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.TestKit;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace EContract.Signer.Tests.Grpc;

/// <summary>What the edge does around a handler, without TLS: names the caller and maps refusals.</summary>
internal sealed class TestEdge(string caller, params string[] organisations) : Interceptor
{
    private readonly ErrorMapper _errors = new(TimeProvider.System, TestRunLog.Logger<ErrorMapper>());

    private readonly CallerIdentity _caller = new()
    {
        Name = caller,
        Roles = new[] { Role.Portal }.ToFrozenSet(),
        Organisations = organisations.Length == 0 ? null : organisations.ToFrozenSet(),
    };

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    ) => ServeAsync(context, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation
    ) => ServeAsync(context, () => continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) =>
        ServeAsync(
            context,
            async () =>
            {
                await continuation(request, responseStream, context);
                return true;
            }
        );

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    ) =>
        ServeAsync(
            context,
            async () =>
            {
                await continuation(requestStream, responseStream, context);
                return true;
            }
        );

    private async Task<T> ServeAsync<T>(ServerCallContext context, Func<Task<T>> handler)
    {
        context.SetCaller(_caller);
        try
        {
            return await handler();
        }
        catch (Exception e)
        {
            throw _errors.Map(e, context);
        }
    }
}
