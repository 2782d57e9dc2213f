using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Grpc.Server.Methods;

/// <summary>
/// Makes service or interceptor objects: one for all calls if registered as a singleton, otherwise one for each call, from the call's
/// scope if registered and through its constructor if not.
/// </summary>
internal sealed class ServiceActivator<T>
    where T : class
{
    private readonly Type _type;
    private readonly object[] _arguments;
    private readonly ObjectFactory? _factory;

    public ServiceActivator(IServiceProvider root, ServiceLifetimes lifetimes)
        : this(root, lifetimes, typeof(T), []) { }

    public ServiceActivator(IServiceProvider root, ServiceLifetimes lifetimes, Type type, object[] arguments)
    {
        _type = type;
        _arguments = arguments;
        switch (arguments.Length == 0 ? lifetimes.Find(type) : null)
        {
            case ServiceLifetime.Singleton:
                Singleton = (T)root.GetRequiredService(type);
                break;
            case null:
                _factory = ActivatorUtilities.CreateFactory(type, [.. arguments.Select(argument => argument.GetType())]);
                break;
        }
    }

    /// <summary>The instance for all calls, if there is one.</summary>
    public T? Singleton { get; }

    public T Create(ServerCallContext call) => Singleton ?? Create(call.GetServices());

    /// <summary>Ends the life of what <see cref="Create"/> made; what came from the container is the container's to end.</summary>
    public ValueTask ReleaseAsync(T instance)
    {
        if (_factory is null)
        {
            return ValueTask.CompletedTask;
        }

        switch (instance)
        {
            case IAsyncDisposable asyncDisposable:
                return asyncDisposable.DisposeAsync();
            case IDisposable disposable:
                disposable.Dispose();
                return ValueTask.CompletedTask;
            default:
                return ValueTask.CompletedTask;
        }
    }

    private T Create(IServiceProvider services) =>
        (T)(_factory is null ? services.GetRequiredService(_type) : _factory(services, _arguments));
}
