using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;

namespace EContract.Grpc.Server;

/// <summary>A server interceptor: one instance for all calls, or a type made for each call by dependency injection.</summary>
public sealed class InterceptorRegistration
{
    internal InterceptorRegistration(Interceptor instance) => (Type, Instance, Arguments) = (instance.GetType(), instance, []);

    internal InterceptorRegistration(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type,
        object[] arguments
    )
    {
        if (!typeof(Interceptor).IsAssignableFrom(type))
        {
            throw new ArgumentException($"{type} is not an {nameof(Interceptor)}", nameof(type));
        }

        (Type, Arguments) = (type, arguments);
    }

    public Type Type { get; }

    internal Interceptor? Instance { get; }

    internal object[] Arguments { get; }
}
