using System.Net.Http.Headers;

namespace EContract.Validation.Online;

/// <summary>An OCSP request on its way (RFC 6960 appendix A.1).</summary>
/// <param name="Cacheable">Sent by GET where it is short enough, so that caches on the way can answer.</param>
internal sealed record FetchRequest(byte[] Body, bool Cacheable)
{
    // RFC 5019 §5: GET while the whole address stays within 255 octets.
    private const int MaxGet = 255;

    public HttpRequestMessage ToMessage(Uri address)
    {
        if (Cacheable)
        {
            var get = $"{address.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(Convert.ToBase64String(Body))}";
            if (get.Length <= MaxGet)
            {
                // The escaped Base64 must reach the responder as it is written.
                return new HttpRequestMessage(HttpMethod.Get, new Uri(get));
            }
        }

        var post = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(Body) };
        post.Content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        return post;
    }
}
