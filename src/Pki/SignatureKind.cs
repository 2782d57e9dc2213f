namespace EContract.Pki;

/// <summary>How a digest is signed.</summary>
public enum SignatureKind
{
    /// <summary>RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).</summary>
    RsaPkcs1,

    /// <summary>RSASSA-PSS (RFC 8017 §8.1), MGF1 with the same hash, a salt as long as the digest.</summary>
    RsaPss,

    /// <summary>ECDSA, the value as Ecdsa-Sig-Value (RFC 3279 §2.2.3).</summary>
    Ecdsa,
}
