using System.Net;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>The status of a call whose transport failed: what HTTP says in the words of gRPC.</summary>
internal static class TransportFaults
{
    /// <summary>http-grpc-status-mapping.md: only for answers without <c>grpc-status</c>.</summary>
    public static StatusCode FromHttp(HttpStatusCode code) =>
        code switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests => StatusCode.Unavailable,
            HttpStatusCode.BadGateway => StatusCode.Unavailable,
            HttpStatusCode.ServiceUnavailable => StatusCode.Unavailable,
            HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };

    /// <summary>PROTOCOL-HTTP2.md, Errors: what an HTTP/2 error code of RST_STREAM or GOAWAY stands for.</summary>
    public static StatusCode FromHttp2(long code) =>
        code switch
        {
            0x0 => StatusCode.Unavailable, // NO_ERROR: of RST_STREAM it would be INTERNAL, but we see it of GOAWAY only: a server that leaves
            0x1 => StatusCode.Internal, // PROTOCOL_ERROR
            0x2 => StatusCode.Internal, // INTERNAL_ERROR
            0x3 => StatusCode.Internal, // FLOW_CONTROL_ERROR
            0x4 => StatusCode.Internal, // SETTINGS_TIMEOUT
            0x6 => StatusCode.Internal, // FRAME_SIZE_ERROR
            0x7 => StatusCode.Unavailable, // REFUSED_STREAM: nothing was done
            0x8 => StatusCode.Cancelled, // CANCEL
            0x9 => StatusCode.Internal, // COMPRESSION_ERROR
            0xA => StatusCode.Internal, // CONNECT_ERROR
            0xB => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
            0xC => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
            _ => StatusCode.Unknown, // STREAM_CLOSED and codes not known
        };

    public static Status ToStatus(Exception failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is RpcException rpc)
            {
                return rpc.Status;
            }

            if (e is HttpProtocolException protocol)
            {
                return new Status(FromHttp2(protocol.ErrorCode), $"HTTP/2 error 0x{protocol.ErrorCode:x}.", failure);
            }

            if (e is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded })
            {
                return new Status(StatusCode.ResourceExhausted, "The server's headers exceed the limit.", failure);
            }
        }

        return failure switch
        {
            // A call that is not over is cancelled by the handler only: when it can't connect in time.
            HttpRequestException or IOException or OperationCanceledException => new Status(
                StatusCode.Unavailable,
                "The connection failed.",
                failure
            ),
            _ => new Status(StatusCode.Internal, "The call failed in the client.", failure),
        };
    }

    /// <summary>There was no connection to send anything on.</summary>
    public static bool IsNotConnected(Exception failure) =>
        failure
            is HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError
                        or HttpRequestError.NameResolutionError
                        or HttpRequestError.SecureConnectionError
                }
                or OperationCanceledException { InnerException: TimeoutException };
}
