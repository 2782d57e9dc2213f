using System.Reflection;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Grpc.InProcess;

/// <summary>Gives generated methods handlers that take their service from a dependency-injection scope of the call.</summary>
internal sealed class ScopedServiceBinder<TService>(ServiceBinderBase inner, IServiceProvider services) : ServiceBinderBase
    where TService : class
{
    // Used when the container does not know the service type itself: its dependencies still come from the container.
    private static readonly ObjectFactory<TService> Factory = ActivatorUtilities.CreateFactory<TService>([]);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var open = Open<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(
            method,
            [typeof(TRequest), typeof(ServerCallContext)]
        );
        inner.AddMethod(
            method,
            new UnaryServerMethod<TRequest, TResponse>(
                async (request, context) =>
                {
                    await using var scope = services.CreateAsyncScope();
                    await using var service = Resolve(scope);
                    return await open(service.Instance, request, context).ConfigureAwait(false);
                }
            )
        );
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ClientStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var open = Open<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(
            method,
            [typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext)]
        );
        inner.AddMethod(
            method,
            new ClientStreamingServerMethod<TRequest, TResponse>(
                async (requests, context) =>
                {
                    await using var scope = services.CreateAsyncScope();
                    await using var service = Resolve(scope);
                    return await open(service.Instance, requests, context).ConfigureAwait(false);
                }
            )
        );
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var open = Open<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method,
            [typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext)]
        );
        inner.AddMethod(
            method,
            new ServerStreamingServerMethod<TRequest, TResponse>(
                async (request, responses, context) =>
                {
                    await using var scope = services.CreateAsyncScope();
                    await using var service = Resolve(scope);
                    await open(service.Instance, request, responses, context).ConfigureAwait(false);
                }
            )
        );
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var open = Open<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method,
            [typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext)]
        );
        inner.AddMethod(
            method,
            new DuplexStreamingServerMethod<TRequest, TResponse>(
                async (requests, responses, context) =>
                {
                    await using var scope = services.CreateAsyncScope();
                    await using var service = Resolve(scope);
                    await open(service.Instance, requests, responses, context).ConfigureAwait(false);
                }
            )
        );
    }

    private static TDelegate Open<TDelegate>(IMethod method, Type[] parameters)
        where TDelegate : Delegate =>
        typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)!.CreateDelegate<TDelegate>();

    private static Lease Resolve(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetService<TService>() is { } registered
            ? new Lease(registered, owned: false)
            : new Lease(Factory(scope.ServiceProvider, []), owned: true);

    /// <summary>The service for one call; disposed of after it if the container does not.</summary>
    private readonly struct Lease(TService instance, bool owned) : IAsyncDisposable
    {
        public TService Instance { get; } = instance;

        public ValueTask DisposeAsync()
        {
            switch (owned ? Instance : null)
            {
                case IAsyncDisposable service:
                    return service.DisposeAsync();
                case IDisposable service:
                    service.Dispose();
                    return default;
                default:
                    return default;
            }
        }
    }
}
