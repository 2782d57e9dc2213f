using System.Globalization;
using System.Net.Http.Headers;
using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>Reads headers and trailers of a response.</summary>
internal static class ResponseMetadata
{
    /// <summary>The custom metadata among the headers.</summary>
    /// <returns>False if a binary value is not base64; it is left out.</returns>
    public static bool TryRead(HttpHeaders headers, out Metadata metadata)
    {
        metadata = [];
        var valid = true;
        foreach (var (name, values) in headers.NonValidated)
        {
            if (MetadataCodec.IsProtocol(name))
            {
                continue;
            }

            var key = name.ToLowerInvariant();
            foreach (var value in values)
            {
                valid &= MetadataCodec.TryAppend(metadata, key, value);
            }
        }

        return valid;
    }

    /// <summary>The call's status; null if <c>grpc-status</c> is missing.</summary>
    public static Status? ReadStatus(HttpHeaders headers)
    {
        if (Find(headers, ProtocolHeaders.Status) is not { } value)
        {
            return null;
        }

        var detail = Find(headers, ProtocolHeaders.Message) is { } message ? PercentEncoding.Decode(message) : "";
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= (int)StatusCode.Unauthenticated
            ? new Status((StatusCode)code, detail)
            : new Status(StatusCode.Unknown, $"Unknown grpc-status {value}. {detail}");
    }

    public static string? Find(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
