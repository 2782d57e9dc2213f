using System.Reflection;
using Grpc.Core;

namespace EContract.Grpc.Server.Methods;

/// <summary>Collects the methods of a service class from its generated code and gives each its handler.</summary>
internal sealed class ServiceBinder<TService>(ServiceActivator<TService> activator, InterceptorPipeline interceptors, MethodOptions options)
    : ServiceBinderBase
    where TService : class
{
    private delegate Task<TResponse> UnaryOn<TRequest, TResponse>(TService service, TRequest request, ServerCallContext context);

    private delegate Task<TResponse> ClientStreamingOn<TRequest, TResponse>(
        TService service,
        IAsyncStreamReader<TRequest> requests,
        ServerCallContext context
    );

    private delegate Task ServerStreamingOn<TRequest, TResponse>(
        TService service,
        TRequest request,
        IServerStreamWriter<TResponse> responses,
        ServerCallContext context
    );

    private delegate Task DuplexStreamingOn<TRequest, TResponse>(
        TService service,
        IAsyncStreamReader<TRequest> requests,
        IServerStreamWriter<TResponse> responses,
        ServerCallContext context
    );

    public List<BoundMethod> Methods { get; } = [];

    /// <exception cref="InvalidOperationException">The class does not derive from a generated service base.</exception>
    public void Bind()
    {
        var attribute =
            FindAttribute()
            ?? throw new InvalidOperationException(
                $"{typeof(TService)} derives from no generated service base: [{nameof(BindServiceMethodAttribute)}] is missing"
            );
        var bind = attribute
            .BindType.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Single(method =>
                method.Name == attribute.BindMethodName
                && method.GetParameters() is [{ } binder, _]
                && binder.ParameterType == typeof(ServiceBinderBase)
            );
        // Without an instance the generated code names the methods only; handlers are bound here.
        bind.Invoke(null, [this, null]);
    }

    public static BindServiceMethodAttribute? FindAttribute()
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType!)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                return attribute;
            }
        }

        return null;
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var info = Find(method, typeof(TRequest), typeof(ServerCallContext));
        var open = info.CreateDelegate<UnaryOn<TRequest, TResponse>>();
        UnaryServerMethod<TRequest, TResponse> invoke = activator.Singleton is { } singleton
            ? info.CreateDelegate<UnaryServerMethod<TRequest, TResponse>>(singleton)
            : async (request, context) =>
            {
                var service = activator.Create(context);
                try
                {
                    return await open(service, request, context).ConfigureAwait(false);
                }
                finally
                {
                    await activator.ReleaseAsync(service).ConfigureAwait(false);
                }
            };
        Add(method, info, metadata => new(method, typeof(TService), options, metadata) { Unary = interceptors.Around(invoke) });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ClientStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var info = Find(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        var open = info.CreateDelegate<ClientStreamingOn<TRequest, TResponse>>();
        ClientStreamingServerMethod<TRequest, TResponse> invoke = async (requests, context) =>
        {
            var service = activator.Create(context);
            try
            {
                return await open(service, requests, context).ConfigureAwait(false);
            }
            finally
            {
                await activator.ReleaseAsync(service).ConfigureAwait(false);
            }
        };
        Add(method, info, metadata => new(method, typeof(TService), options, metadata) { ClientStreaming = interceptors.Around(invoke) });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var info = Find(method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var open = info.CreateDelegate<ServerStreamingOn<TRequest, TResponse>>();
        ServerStreamingServerMethod<TRequest, TResponse> invoke = async (request, responses, context) =>
        {
            var service = activator.Create(context);
            try
            {
                await open(service, request, responses, context).ConfigureAwait(false);
            }
            finally
            {
                await activator.ReleaseAsync(service).ConfigureAwait(false);
            }
        };
        Add(method, info, metadata => new(method, typeof(TService), options, metadata) { ServerStreaming = interceptors.Around(invoke) });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var info = Find(method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var open = info.CreateDelegate<DuplexStreamingOn<TRequest, TResponse>>();
        DuplexStreamingServerMethod<TRequest, TResponse> invoke = async (requests, responses, context) =>
        {
            var service = activator.Create(context);
            try
            {
                await open(service, requests, responses, context).ConfigureAwait(false);
            }
            finally
            {
                await activator.ReleaseAsync(service).ConfigureAwait(false);
            }
        };
        Add(method, info, metadata => new(method, typeof(TService), options, metadata) { DuplexStreaming = interceptors.Around(invoke) });
    }

    private static MethodInfo Find(IMethod method, params Type[] parameterTypes) =>
        typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameterTypes)
        ?? throw new InvalidOperationException($"{typeof(TService)} has no handler for {method.FullName}");

    private void Add<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        MethodInfo info,
        Func<IReadOnlyList<object>, BoundMethod<TRequest, TResponse>> bind
    )
        where TRequest : class
        where TResponse : class
    {
        object[] attributes = [.. typeof(TService).GetCustomAttributes(inherit: true), .. info.GetCustomAttributes(inherit: true)];
        Methods.Add(bind([new GrpcMethodMetadata(typeof(TService), method), .. attributes]));
    }
}
