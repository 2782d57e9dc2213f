using Grpc.Core;

namespace EContract.Grpc.Server;

/// <summary>Endpoint metadata that tells which gRPC method an endpoint serves.</summary>
public sealed class GrpcMethodMetadata(Type serviceType, IMethod method)
{
    public Type ServiceType { get; } = serviceType;

    public IMethod Method { get; } = method;
}
