using Grpc.Core;
using Grpc.Core.Interceptors;

namespace EContract.Grpc.Server.Methods;

/// <summary>Puts interceptors around handlers, once, when a service is mapped.</summary>
internal sealed class InterceptorPipeline
{
    private readonly Stage[] _innermostFirst;

    public InterceptorPipeline(IServiceProvider root, ServiceLifetimes lifetimes, IReadOnlyList<InterceptorRegistration> registrations) =>
        _innermostFirst = [
            .. registrations
                .Reverse()
                .Select(registration =>
                    registration.Instance is { } instance
                        ? new Stage(instance, null)
                        : Stage.Of(new ServiceActivator<Interceptor>(root, lifetimes, registration.Type, registration.Arguments))
                ),
        ];

    public UnaryServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
    {
        foreach (var stage in _innermostFirst)
        {
            var inner = handler;
            handler = (request, context) =>
                stage.Instance is { } shared
                    ? shared.UnaryServerHandler(request, context, inner)
                    : stage.RunAsync(context, interceptor => interceptor.UnaryServerHandler(request, context, inner));
        }

        return handler;
    }

    public ClientStreamingServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(
        ClientStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class
    {
        foreach (var stage in _innermostFirst)
        {
            var inner = handler;
            handler = (requests, context) =>
                stage.RunAsync(context, interceptor => interceptor.ClientStreamingServerHandler(requests, context, inner));
        }

        return handler;
    }

    public ServerStreamingServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(
        ServerStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class
    {
        foreach (var stage in _innermostFirst)
        {
            var inner = handler;
            handler = (request, responses, context) =>
                stage.RunAsync(context, interceptor => interceptor.ServerStreamingServerHandler(request, responses, context, inner));
        }

        return handler;
    }

    public DuplexStreamingServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(
        DuplexStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class
    {
        foreach (var stage in _innermostFirst)
        {
            var inner = handler;
            handler = (requests, responses, context) =>
                stage.RunAsync(context, interceptor => interceptor.DuplexStreamingServerHandler(requests, responses, context, inner));
        }

        return handler;
    }

    /// <summary>One interceptor: shared, or made for each call.</summary>
    private sealed record Stage(Interceptor? Instance, ServiceActivator<Interceptor>? Activator)
    {
        public static Stage Of(ServiceActivator<Interceptor> activator) => new(activator.Singleton, activator);

        public async Task<T> RunAsync<T>(ServerCallContext context, Func<Interceptor, Task<T>> run)
        {
            if (Instance is not null)
            {
                return await run(Instance).ConfigureAwait(false);
            }

            var interceptor = Activator!.Create(context);
            try
            {
                return await run(interceptor).ConfigureAwait(false);
            }
            finally
            {
                await Activator.ReleaseAsync(interceptor).ConfigureAwait(false);
            }
        }

        public async Task RunAsync(ServerCallContext context, Func<Interceptor, Task> run) =>
            await RunAsync<object?>(
                    context,
                    async interceptor =>
                    {
                        await run(interceptor).ConfigureAwait(false);
                        return null;
                    }
                )
                .ConfigureAwait(false);
    }
}
