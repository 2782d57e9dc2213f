using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Validation.Sources;

/// <summary>
/// Where certificates and revocation data come from: what a document carries, what was configured, the network. Nothing that a source
/// gives is trusted, and it may give more than was asked: the judge looks at each himself. A source that can't answer gives nothing.
/// </summary>
public interface IValidationSource
{
    /// <summary>Certificates that may have issued the given one.</summary>
    ValueTask<IReadOnlyList<Certificate>> FindIssuersAsync(Certificate certificate, CancellationToken cancellationToken);

    /// <summary>CRLs, complete and delta, that may tell of the certificate.</summary>
    ValueTask<IReadOnlyList<CertificateRevocationList>> FindCrlsAsync(
        Certificate certificate,
        Certificate issuer,
        CancellationToken cancellationToken
    );

    /// <summary>Successful OCSP responses that may tell of the certificate.</summary>
    ValueTask<IReadOnlyList<OcspAnswer>> FindOcspResponsesAsync(
        Certificate certificate,
        Certificate issuer,
        CancellationToken cancellationToken
    );
}
