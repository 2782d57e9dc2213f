using System.IO.Compression;
using System.Security.Cryptography.X509Certificates;

namespace EContract.Grpc.Client;

/// <summary>Options of a <see cref="GrpcChannel"/>.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>In bytes, after compression is undone; null for no limit. 4 MiB as in other gRPC libraries.</summary>
    public int? MaxReceiveMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>In bytes, before compression; null for no limit.</summary>
    public int? MaxSendMessageSize { get; init; }

    /// <summary>Of messages sent with <c>grpc-internal-encoding-request: gzip</c> among the headers of a call.</summary>
    public CompressionLevel CompressionLevel { get; init; } = CompressionLevel.Fastest;

    /// <summary>Retries; null for none.</summary>
    public ServiceConfig? ServiceConfig { get; init; }

    /// <summary>Caps what retry policies ask for (gRFC A6: 5).</summary>
    public int MaxRetryAttempts { get; init; } = 5;

    /// <summary>In bytes: what a call keeps of its requests for retries; a call that sends more is not tried again.</summary>
    public int MaxRetryBufferPerCallSize { get; init; } = 1024 * 1024;

    /// <summary>What the client proves itself with; the private key included.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Sent with the client certificate: what leads from it to a root that the server trusts.</summary>
    public X509Certificate2Collection? ClientIntermediates { get; init; }

    /// <summary>If not null, servers' certificates must come from one of these; the machine's roots don't count.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After this time of silence with calls under way the connection is pinged; off unless set, servers may limit it.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>A connection whose ping is not answered in this time is dead: its calls fail with UNAVAILABLE.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Opens another HTTP/2 connection when all have as many streams as the server allows.</summary>
    public bool EnableMultipleHttp2Connections { get; init; } = true;

    /// <summary>Replaces the handler that the options above would make; the channel does not dispose of it.</summary>
    public HttpMessageHandler? HttpHandler { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
