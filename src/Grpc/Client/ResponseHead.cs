using System.Net;
using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>What the headers of a response say.</summary>
/// <param name="End">The status if the call ended with the headers: trailers-only, or no gRPC answer at all.</param>
/// <param name="Metadata">Headers, or trailers if the call ended.</param>
/// <param name="Encoding">How the messages may be compressed.</param>
internal readonly record struct ResponseHead(Status? End, Metadata Metadata, MessageEncoding Encoding)
{
    public static ResponseHead Read(HttpResponseMessage response)
    {
        var valid = ResponseMetadata.TryRead(response.Headers, out var metadata);
        if (ResponseMetadata.ReadStatus(response.Headers) is { } status)
        {
            return new ResponseHead(status, metadata, default);
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            var code = TransportFaults.FromHttp(response.StatusCode);
            return new ResponseHead(
                new Status(code, $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}"),
                metadata,
                default
            );
        }

        var contentType = ResponseMetadata.Find(response.Content.Headers, "content-type");
        if (!ProtocolHeaders.IsGrpcContentType(contentType))
        {
            return new ResponseHead(
                new Status(StatusCode.Unknown, $"Bad gRPC response. Invalid content-type value: {contentType ?? "none"}"),
                metadata,
                default
            );
        }

        if (!MessageEncodings.TryParse(ResponseMetadata.Find(response.Headers, ProtocolHeaders.Encoding), out var encoding))
        {
            return new ResponseHead(
                new Status(StatusCode.Internal, "The server compresses with an encoding that we did not offer."),
                metadata,
                default
            );
        }

        return valid
            ? new ResponseHead(null, metadata, encoding)
            : new ResponseHead(new Status(StatusCode.Internal, "The server sent binary metadata that is not base64."), metadata, default);
    }
}
