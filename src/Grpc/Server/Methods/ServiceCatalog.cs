using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace EContract.Grpc.Server.Methods;

/// <summary>Every service of this process with its methods: what transports serve and reflection lists.</summary>
internal sealed class ServiceCatalog(IServiceProvider root, ServiceLifetimes lifetimes, IOptions<GrpcServiceOptions> options)
{
    private readonly Lock _lock = new();

    // Replaced as a whole under _lock, read without it.
    private volatile IReadOnlyDictionary<string, BoundMethod> _methods = new Dictionary<string, BoundMethod>();
    private volatile IReadOnlyList<ServiceDescriptor> _services = [];

    /// <summary>By full name: <c>/package.Service/Method</c>.</summary>
    public IReadOnlyDictionary<string, BoundMethod> Methods => _methods;

    /// <summary>Descriptors of the services that have generated protobuf code.</summary>
    public IReadOnlyList<ServiceDescriptor> Services => _services;

    /// <summary>Binds a service class; a second time gives what is there.</summary>
    public IReadOnlyList<BoundMethod> Add<TService>()
        where TService : class
    {
        lock (_lock)
        {
            BoundMethod[] known = [.. _methods.Values.Where(method => method.ServiceType == typeof(TService))];
            if (known.Length > 0)
            {
                return known;
            }

            var own = root.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
            var merged = MethodOptions.Merge(options.Value, own);
            var binder = new ServiceBinder<TService>(
                new ServiceActivator<TService>(root, lifetimes),
                new InterceptorPipeline(root, lifetimes, merged.Interceptors),
                merged
            );
            binder.Bind();

            var methods = new Dictionary<string, BoundMethod>(_methods, StringComparer.Ordinal);
            foreach (var method in binder.Methods)
            {
                methods.Add(method.Description.FullName, method);
            }

            _methods = methods;
            if (FindDescriptor<TService>() is { } descriptor)
            {
                _services = [.. _services, descriptor];
            }

            return binder.Methods;
        }
    }

    private static ServiceDescriptor? FindDescriptor<TService>()
        where TService : class =>
        ServiceBinder<TService>
            .FindAttribute()
            ?.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static, null, typeof(ServiceDescriptor), [], null)
            ?.GetValue(null) as ServiceDescriptor;
}
