using System.Collections.ObjectModel;
using Grpc.Core.Interceptors;

namespace EContract.Grpc.Server;

/// <summary>Server interceptors in the order they run.</summary>
public sealed class InterceptorCollection : Collection<InterceptorRegistration>
{
    /// <summary>Made by dependency injection: once if registered as a singleton, otherwise for each call.</summary>
    public void Add<TInterceptor>(params object[] args)
        where TInterceptor : Interceptor => Add(typeof(TInterceptor), args);

    public void Add(Type interceptorType, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(interceptorType);
        Add(new InterceptorRegistration(interceptorType, args));
    }

    /// <summary>The same instance for all calls.</summary>
    public void Add(Interceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(interceptor);
        Add(new InterceptorRegistration(interceptor));
    }
}
