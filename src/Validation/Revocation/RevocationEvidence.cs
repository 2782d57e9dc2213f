using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Validation.Revocation;

/// <summary>What one CRL or OCSP response says of one certificate; its signature and its signer's right to sign it have been checked.</summary>
public sealed record RevocationEvidence
{
    /// <summary>The whole CertificateList or OCSPResponse.</summary>
    public required ReadOnlyMemory<byte> Encoded { get; init; }

    public required RevocationEvidenceKind Kind { get; init; }

    /// <summary>The certificate that it speaks of.</summary>
    public required Certificate Subject { get; init; }

    /// <summary>The time at which what it says was known to be so (thisUpdate).</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset? NextUpdate { get; init; }

    /// <summary>Since when the certificate is revoked or on hold; null: it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    public CrlReason? Reason { get; init; }

    /// <summary>Certificates that expired since then are still spoken of (expiredCertsOnCRL, archiveCutoff); null: it doesn't say.</summary>
    public DateTimeOffset? KeepsExpiredSince { get; init; }

    public required AlgorithmIdentifier SignatureAlgorithm { get; init; }

    /// <summary>The key that signed it.</summary>
    public required SubjectPublicKeyInfo SignerKey { get; init; }

    /// <summary>A delegated responder's certificate; null where the certificate's issuer signed, or a CRL's own issuer.</summary>
    public Certificate? Responder { get; init; }

    /// <summary>
    /// Whether it can say that the certificate is good: an issuer may forget a certificate after it expired (RFC 5280 §5.1, RFC 6960 §4.4.4).
    /// </summary>
    public bool SpeaksOfSubject => RevokedAt is not null || IssuedAt <= Subject.Tbs.NotAfter || KeepsExpiredSince <= Subject.Tbs.NotAfter;

    public bool IsHold => RevokedAt is not null && Reason == CrlReason.CertificateHold;
}
