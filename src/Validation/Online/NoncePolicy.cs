namespace EContract.Validation.Online;

/// <summary>Whether an OCSP request carries a nonce (RFC 9654).</summary>
public enum NoncePolicy
{
    /// <summary>None: the request can be a GET that caches answer (RFC 5019 §5), the answer may have been signed before.</summary>
    Never,

    /// <summary>A nonce is sent; an answer without one is taken, an answer with another one is not.</summary>
    Ask,

    /// <summary>An answer without the nonce is not taken.</summary>
    Require,
}
