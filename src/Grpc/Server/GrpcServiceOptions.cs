using System.IO.Compression;

namespace EContract.Grpc.Server;

/// <summary>Options of all services; <see cref="GrpcServiceOptions{TService}"/> overrides them for one.</summary>
public class GrpcServiceOptions
{
    /// <summary>4 MB, as in every gRPC implementation.</summary>
    public const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    private int? _maxReceiveMessageSize;
    private int? _maxSendMessageSize;

    /// <summary>Largest request message in bytes, before and after decompression. Null: as large as memory allows.</summary>
    public int? MaxReceiveMessageSize
    {
        get => _maxReceiveMessageSize;
        set => (_maxReceiveMessageSize, IsMaxReceiveMessageSizeSet) = (value, true);
    }

    /// <summary>Largest response message in bytes before compression. Null, the default: any.</summary>
    public int? MaxSendMessageSize
    {
        get => _maxSendMessageSize;
        set => (_maxSendMessageSize, IsMaxSendMessageSizeSet) = (value, true);
    }

    /// <summary>Tell clients what exception a handler threw. False by default: the detail stays in our log.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary><c>gzip</c> compresses the responses for clients that accept it; null does not.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Run around every call, the first outermost; those of one service run inside the general ones.</summary>
    public InterceptorCollection Interceptors { get; } = [];

    internal bool IsMaxReceiveMessageSizeSet { get; private set; }

    internal bool IsMaxSendMessageSizeSet { get; private set; }
}

/// <summary>Options of one service; what is not set comes from <see cref="GrpcServiceOptions"/>.</summary>
public sealed class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class;
