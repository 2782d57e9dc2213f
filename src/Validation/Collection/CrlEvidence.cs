using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Paths;
using EContract.Validation.Revocation;
using EContract.Validation.Signatures;

namespace EContract.Validation.Collection;

/// <summary>Whether a CRL is worth keeping for a certificate: complete, of its issuer, of its scope.</summary>
internal static class CrlEvidence
{
    public static bool Covers(CertificateRevocationList crl, Certificate certificate, Certificate issuer) =>
        crl.BaseCrlNumber is null
        && crl.IssuingDistributionPoint?.OnlySomeReasons is null
        && NameMatcher.Matches(crl.Issuer, issuer.Tbs.Subject)
        && PointsOf(certificate).Any(point => CrlScope.Covers(crl, point, certificate))
        && SignatureVerifier.Verify(
            crl.Signed.SignatureAlgorithm,
            issuer.Tbs.SubjectPublicKeyInfo,
            crl.Signed.ToBeSigned.Span,
            crl.Signed.Signature.Span
        );

    public static RevokedCertificate? EntryOf(CertificateRevocationList crl, Certificate certificate) =>
        crl.ReadEntries().FirstOrDefault(entry => entry.SerialNumber.Equals(certificate.Tbs.SerialNumber));

    /// <summary>X.509 §8.5.2.12: the list still names certificates that had expired since then.</summary>
    public static bool CoversExpired(CertificateRevocationList crl, DateTimeOffset notAfter) =>
        crl.Extensions.Find(Oids.ExpiredCertsOnCrl) is { } extension
        && Pki.Asn1.Der.Decode(extension.Value, "X.509 §8.5.2.12", CertificateTime.DecodeGeneralized) <= notAfter;

    private static IEnumerable<DistributionPoint> PointsOf(Certificate certificate) =>
        (
            certificate.Tbs.Extensions.Find(Oids.CrlDistributionPoints) is { } extension
                ? CrlDistributionPoints.Decode(extension.Value).Points
                : []
        ).Append(new DistributionPoint([GeneralName.Directory(certificate.Tbs.Issuer)]));
}
