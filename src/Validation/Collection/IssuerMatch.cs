using EContract.Pki.X509;
using EContract.Validation.Paths;
using EContract.Validation.Signatures;

namespace EContract.Validation.Collection;

/// <summary>Who issued whom: by name and by signature.</summary>
internal static class IssuerMatch
{
    public static bool Is(Certificate issuer, Certificate certificate) =>
        NameMatcher.Matches(issuer.Tbs.Subject, certificate.Tbs.Issuer) && Signed(issuer.Tbs.SubjectPublicKeyInfo, certificate);

    public static bool Is(TrustAnchor anchor, Certificate certificate) =>
        NameMatcher.Matches(anchor.Name, certificate.Tbs.Issuer) && Signed(anchor.PublicKey, certificate);

    public static bool IsSame(TrustAnchor anchor, Certificate certificate) =>
        anchor.PublicKey.Equals(certificate.Tbs.SubjectPublicKeyInfo) && NameMatcher.Matches(anchor.Name, certificate.Tbs.Subject);

    private static bool Signed(SubjectPublicKeyInfo key, Certificate certificate) =>
        SignatureVerifier.Verify(
            certificate.Signed.SignatureAlgorithm,
            key,
            certificate.Signed.ToBeSigned.Span,
            certificate.Signed.Signature.Span
        );
}
