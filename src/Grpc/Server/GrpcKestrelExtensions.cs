using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EContract.Grpc.Server;

/// <summary>Kestrel as a gRPC server wants it.</summary>
public static class GrpcKestrelExtensions
{
    /// <summary>
    /// HTTP/2 limits: dead peers are found by pings within a minute, headers are held to 16 KB, each stream has a window of 1 MB
    /// that is refilled only as its handler reads.
    /// </summary>
    public static KestrelServerOptions UseGrpcLimits(this KestrelServerOptions kestrel)
    {
        var limits = kestrel.Limits;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.Http2.MaxRequestHeaderFieldSize = 16 * 1024;
        limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        limits.Http2.InitialConnectionWindowSize = 2 * 1024 * 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        kestrel.AddServerHeader = false;
        return kestrel;
    }
}
