namespace EContract.Server;

/// <summary>Section <c>Endpoints</c>: IP addresses and ports.</summary>
public sealed class EndpointOptions
{
    /// <summary>gRPC with mutual TLS.</summary>
    public string Grpc { get; set; } = "127.0.0.1:7443";

    /// <summary>Public HTTP: time-stamps, OCSP, CRLs, certificates, health, metrics.</summary>
    public string Http { get; set; } = "127.0.0.1:7080";
}
