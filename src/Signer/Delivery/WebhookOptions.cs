namespace EContract.Signer.Delivery;

/// <summary>The bank's gateway for short messages.</summary>
public sealed class WebhookOptions
{
    /// <summary>Gets <c>POST</c> with JSON <c>{"to": "+81…", "text": "…"}</c>; any 2xx answer takes the message over.</summary>
    public Uri? Url { get; set; }

    /// <summary>File with the key of header <c>X-EContract-Signature: sha256=…</c>, HMAC-SHA-256 of the body in hexadecimal.</summary>
    public string? KeyFile { get; set; }
}
