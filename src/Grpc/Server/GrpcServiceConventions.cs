using Microsoft.AspNetCore.Builder;

namespace EContract.Grpc.Server;

/// <summary>Hands conventions to every endpoint of a service.</summary>
internal sealed class GrpcServiceConventions : IEndpointConventionBuilder
{
    private readonly List<IEndpointConventionBuilder> _endpoints = [];

    public void Add(IEndpointConventionBuilder endpoint) => _endpoints.Add(endpoint);

    public void Add(Action<EndpointBuilder> convention)
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Add(convention);
        }
    }
}
