using System.IO.Compression;

namespace EContract.Grpc.Server;

/// <summary>What holds for the methods of one service: its own options over the general ones.</summary>
internal sealed record MethodOptions(
    int? MaxReceiveMessageSize,
    int? MaxSendMessageSize,
    bool EnableDetailedErrors,
    bool CompressResponses,
    CompressionLevel CompressionLevel,
    IReadOnlyList<InterceptorRegistration> Interceptors
)
{
    /// <exception cref="InvalidOperationException">The options name a compression algorithm that we don't have.</exception>
    public static MethodOptions Merge(GrpcServiceOptions all, GrpcServiceOptions service)
    {
        var algorithm = service.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm;
        if (!Wire.MessageEncodings.TryParse(algorithm, out var encoding))
        {
            throw new InvalidOperationException($"Compression algorithm '{algorithm}' is unknown; there are identity and gzip");
        }

        var receive = service.IsMaxReceiveMessageSizeSet ? service : all;
        return new MethodOptions(
            receive.IsMaxReceiveMessageSizeSet ? receive.MaxReceiveMessageSize : GrpcServiceOptions.DefaultMaxReceiveMessageSize,
            service.IsMaxSendMessageSizeSet ? service.MaxSendMessageSize : all.MaxSendMessageSize,
            service.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false,
            encoding == Wire.MessageEncoding.Gzip,
            service.ResponseCompressionLevel ?? all.ResponseCompressionLevel ?? CompressionLevel.Fastest,
            [.. all.Interceptors, .. service.Interceptors]
        );
    }
}
