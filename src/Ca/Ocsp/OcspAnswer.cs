namespace EContract.Ca.Ocsp;

/// <summary>The bytes of an OCSPResponse, and until when HTTP caches and ours may keep them.</summary>
/// <param name="Etag">Null for refusals and answers to a nonce.</param>
public sealed record OcspAnswer(
    ReadOnlyMemory<byte> Response,
    DateTimeOffset? ThisUpdate = null,
    DateTimeOffset? NextUpdate = null,
    string? Etag = null
)
{
    public bool IsCacheable => Etag is not null;
}
