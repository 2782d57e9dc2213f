using System.Collections.Concurrent;
using System.Reflection;
using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>
/// Serves generated services to callers in the same process, with the semantics of the wire and no sockets (docs/adr/0015).
/// Thread-safe.
/// </summary>
public sealed class InProcessServer
{
    private readonly ConcurrentDictionary<string, InProcessMethod> _methods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _services = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private int _handlers; // running now

    public InProcessServer(InProcessServerOptions? options = null) => Options = options ?? new InProcessServerOptions();

    internal InProcessServerOptions Options { get; }

    /// <summary>Serves a service whose definition generated code made: <c>TimestampService.BindService(implementation)</c>.</summary>
    public InProcessServer AddService(ServerServiceDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        definition.BindService(new InProcessServiceBinder(this));
        return this;
    }

    /// <summary>Serves all calls with one instance.</summary>
    /// <exception cref="ArgumentException">Its base class is not a generated service.</exception>
    public InProcessServer AddService<TService>(TService instance)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(instance);
        Bind(instance.GetType(), new InProcessServiceBinder(this), instance);
        return this;
    }

    /// <summary>Serves each call with an instance from a scope of its own, as the Kestrel server does.</summary>
    /// <exception cref="ArgumentException">Its base class is not a generated service.</exception>
    public InProcessServer AddService<TService>(IServiceProvider services)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(services);
        Bind(typeof(TService), new ScopedServiceBinder<TService>(new InProcessServiceBinder(this), services), null);
        return this;
    }

    /// <summary>A way to this server for one caller.</summary>
    public InProcessChannel CreateChannel(InProcessCaller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new InProcessChannel(this, caller);
    }

    /// <summary>Refuses new calls with UNAVAILABLE and waits for the handlers that run.</summary>
    public Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        _stopping = true;
        if (Volatile.Read(ref _handlers) == 0)
        {
            _drained.TrySetResult();
        }

        return _drained.Task.WaitAsync(cancellationToken);
    }

    internal void Add(InProcessMethod method)
    {
        if (!_methods.TryAdd(method.Method.FullName, method))
        {
            throw new ArgumentException($"{method.Method.FullName} is served already", nameof(method));
        }

        _services[method.Method.ServiceName] = true;
    }

    internal InProcessMethod? Find(string fullName) => _methods.GetValueOrDefault(fullName);

    internal bool HasService(string serviceName) => _services.ContainsKey(serviceName);

    /// <summary>False once the server is shutting down; else <see cref="Exit"/> has to follow.</summary>
    internal bool TryEnter()
    {
        Interlocked.Increment(ref _handlers);
        if (!_stopping)
        {
            return true;
        }

        Exit();
        return false;
    }

    internal void Exit()
    {
        if (Interlocked.Decrement(ref _handlers) == 0 && _stopping)
        {
            _drained.TrySetResult();
        }
    }

    private static void Bind(Type serviceType, ServiceBinderBase binder, object? instance)
    {
        for (var type = serviceType; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } generated)
            {
                var bind = generated.BindType.GetMethod(generated.BindMethodName, [typeof(ServiceBinderBase), type]);
                (bind ?? throw new ArgumentException($"{type} has no {generated.BindMethodName} method")).Invoke(null, [binder, instance]);
                return;
            }
        }

        throw new ArgumentException($"{serviceType} does not derive from a generated service", nameof(serviceType));
    }
}
