using EContract.Pki.X509;

namespace EContract.Validation.Paths;

/// <summary>A name and key that are trusted because the verifier was told so (RFC 5280 §6.1.1 (d)).</summary>
public sealed record TrustAnchor(DistinguishedName Name, SubjectPublicKeyInfo PublicKey)
{
    /// <summary>The anchor's own certificate, where it was given as one; it isn't validated (RFC 5280 §6.2).</summary>
    public Certificate? Certificate { get; private init; }

    /// <summary>The name and key of a certificate.</summary>
    public static TrustAnchor From(Certificate certificate) =>
        new(certificate.Tbs.Subject, certificate.Tbs.SubjectPublicKeyInfo) { Certificate = certificate };
}
