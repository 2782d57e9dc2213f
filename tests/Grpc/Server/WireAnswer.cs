using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Server;

/// <summary>All of an answer, taken apart.</summary>
public sealed record WireAnswer(
    HttpStatusCode Http,
    HttpResponseHeaders Headers,
    HttpResponseHeaders Trailers,
    IReadOnlyList<(byte Flag, byte[] Payload)> Messages
)
{
    /// <summary>Whether the status came without response headers of its own.</summary>
    public bool IsTrailersOnly => Headers.Contains("grpc-status");

    public StatusCode Status => (StatusCode)int.Parse(Trailer("grpc-status")!, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Percent-decoded.</summary>
    public string Message => Uri.UnescapeDataString(Trailer("grpc-message") ?? "");

    public string? Trailer(string name) =>
        (IsTrailersOnly ? Headers : Trailers).TryGetValues(name, out var values) ? string.Join(",", values) : null;

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    public static async Task<WireAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var messages = new List<(byte, byte[])>();
        for (var at = 0; at < body.Length; )
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + 1));
            messages.Add((body[at], body[(at + 5)..(at + 5 + length)]));
            at += 5 + length;
        }

        return new WireAnswer(response.StatusCode, response.Headers, response.TrailingHeaders, messages);
    }
}
