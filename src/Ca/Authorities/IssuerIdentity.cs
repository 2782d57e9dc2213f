using EContract.Pki;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;

namespace EContract.Ca.Authorities;

/// <summary>What a certificate says of its issuer.</summary>
/// <param name="Id">The authority's name in URLs and in the database, e.g. "subscribers-g1".</param>
/// <param name="Signature">The algorithm that the authority signs with.</param>
/// <param name="NotAfter">No certificate outlives its issuer; null for a root that is about to sign itself.</param>
public sealed record IssuerIdentity(
    string Id,
    DistinguishedName Name,
    SubjectPublicKeyInfo Key,
    ReadOnlyMemory<byte> KeyIdentifier,
    SignatureAlgorithm Signature,
    DateTimeOffset? NotAfter
)
{
    public static IssuerIdentity Of(string id, Certificate certificate, SignatureAlgorithm signature) =>
        new(
            id,
            certificate.Tbs.Subject,
            certificate.Tbs.SubjectPublicKeyInfo,
            // RFC 5280 §4.2.1.1: the issuer's own subjectKeyIdentifier, however it was computed.
            certificate.Tbs.Extensions.Find(Oids.SubjectKeyIdentifier)
                is { } extension
                ? SubjectKeyIdentifier.Decode(extension.Value).KeyIdentifier
                : certificate.Tbs.SubjectPublicKeyInfo.ComputeKeyIdentifier(),
            signature,
            certificate.Tbs.NotAfter
        );

    public static IssuerIdentity SelfSigned(string id, DistinguishedName name, SubjectPublicKeyInfo key, SignatureAlgorithm signature) =>
        new(id, name, key, key.ComputeKeyIdentifier(), signature, null);
}
