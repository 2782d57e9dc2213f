namespace EContract.Grpc.Wire;

/// <summary>Header and trailer names of gRPC over HTTP/2 (PROTOCOL-HTTP2.md) and the values that go with them.</summary>
internal static class ProtocolHeaders
{
    public const string ContentType = "application/grpc";

    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string StatusDetails = "grpc-status-details-bin";
    public const string RetryPushback = "grpc-retry-pushback-ms";
    public const string PreviousAttempts = "grpc-previous-rpc-attempts";

    /// <summary>Never on the wire: application code asks with it for an encoding of its messages (Grpc.Core convention).</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    public const string Identity = "identity";
    public const string Gzip = "gzip";

    /// <summary>Value of <see cref="AcceptEncoding"/>.</summary>
    public const string AcceptedEncodings = "identity,gzip";

    /// <summary><c>application/grpc</c>, also with a <c>+codec</c> or parameters; not <c>application/grpc-web</c>.</summary>
    public static bool IsGrpcContentType(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+';
    }
}
