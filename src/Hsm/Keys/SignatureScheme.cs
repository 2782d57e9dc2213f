namespace EContract.Hsm.Keys;

/// <summary>How a digest becomes a signature.</summary>
public enum SignatureScheme
{
    /// <summary>RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).</summary>
    RsaPkcs1 = 1,

    /// <summary>RSASSA-PSS (RFC 8017 §8.1): MGF1 with the same hash, salt as long as the hash.</summary>
    RsaPss = 2,

    /// <summary>ECDSA, the result as DER <c>Ecdsa-Sig-Value</c> (RFC 3279 §2.2.3).</summary>
    Ecdsa = 3,
}
