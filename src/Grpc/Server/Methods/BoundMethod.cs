using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EContract.Grpc.Server.Methods;

/// <summary>A method with its handler, activation and interceptors in place; independent of the transport.</summary>
internal abstract class BoundMethod(IMethod method, Type serviceType, MethodOptions options, IReadOnlyList<object> metadata)
{
    public IMethod Description { get; } = method;

    public Type ServiceType { get; } = serviceType;

    public MethodOptions Options { get; } = options;

    /// <summary>Attributes of the service class and of the handler method, for endpoint conventions.</summary>
    public IReadOnlyList<object> Metadata { get; } = metadata;

    public abstract RequestDelegate CreateRequestDelegate(Http.HttpCallServices services);
}
