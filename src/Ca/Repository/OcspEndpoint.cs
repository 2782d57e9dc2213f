using System.Buffers;
using System.Globalization;
using EContract.Ca.Ocsp;
using EContract.Pki.Ocsp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Repository;

/// <summary>OCSP over HTTP (RFC 6960 Appendix A, RFC 5019 §5): POST, and GET with the request in base64 in the path.</summary>
internal static class OcspEndpoint
{
    private const int MaxRequest = 64 * 1024;
    private const string ResponseType = "application/ocsp-response";

    public static async Task PostAsync(HttpContext http, string ca, OcspResponder responder)
    {
        var request = await ReadBodyAsync(http.Request, http.RequestAborted);
        var answer = request is { } bytes
            ? await responder.RespondAsync(ca, bytes, http.RequestAborted)
            : new OcspAnswer(OcspResponse.Refuse(OcspResponseStatus.MalformedRequest));
        http.Response.Headers.CacheControl = "no-store"; // RFC 9111: answers to POST are not for caches
        await WriteAsync(http.Response, answer);
    }

    public static async Task GetAsync(HttpContext http, string ca, string? request, OcspResponder responder, IOptions<OcspOptions> options)
    {
        var answer = TryDecode(request, out var bytes)
            ? await responder.RespondAsync(ca, bytes, http.RequestAborted)
            : new OcspAnswer(OcspResponse.Refuse(OcspResponseStatus.MalformedRequest));
        var headers = http.Response.Headers;
        if (!answer.IsCacheable)
        {
            headers.CacheControl = "no-store";
        }
        else
        {
            // RFC 5019 §6.2.
            var maxAge = ((int)options.Value.HttpMaxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            headers.CacheControl = $"max-age={maxAge}, public, no-transform, must-revalidate";
            headers.LastModified = answer.ThisUpdate!.Value.ToString("R", CultureInfo.InvariantCulture);
            headers.Expires = answer.NextUpdate!.Value.ToString("R", CultureInfo.InvariantCulture);
            var etag = $"\"{answer.Etag}\"";
            headers.ETag = etag;
            if (http.Request.Headers.IfNoneMatch.Contains(etag))
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        await WriteAsync(http.Response, answer);
    }

    private static async Task WriteAsync(HttpResponse response, OcspAnswer answer)
    {
        response.ContentType = ResponseType;
        response.ContentLength = answer.Response.Length;
        await response.Body.WriteAsync(answer.Response);
    }

    /// <summary>Null if it is too large.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > MaxRequest)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool TryDecode(string? text, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxRequest)
        {
            return false;
        }

        // Kestrel leaves %2F alone; RFC 6960 Appendix A.1.1 has the base64 text URL-encoded.
        var base64 = text.Contains('%') ? Uri.UnescapeDataString(text) : text;
        var buffer = new byte[(base64.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(base64, buffer, out var length))
        {
            return false;
        }

        bytes = buffer.AsMemory(0, length);
        return true;
    }
}
