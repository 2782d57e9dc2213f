using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Paths;
using EContract.Validation.Signatures;
using EContract.Validation.Sources;

namespace EContract.Validation.Revocation;

/// <summary>What the OCSP responses at hand say of a certificate (RFC 6960 §3.2), from responders that its issuer authorised only.</summary>
internal sealed class OcspChecker(CertificatePool pool, CrlChecker crls)
{
    public IEnumerable<RevocationEvidence> FindEvidence(Certificate certificate, CertificateIssuer issuer, TrustAnchor anchor)
    {
        foreach (var answer in pool.FindOcspAnswers(certificate.Tbs.SerialNumber))
        {
            var singles = answer.Response.Data.Responses.Where(single => Concerns(single.CertId, certificate, issuer)).ToList();
            if (singles.Count == 0 || HasUnknownCriticalExtension(answer, singles) || FindSigner(answer, issuer, anchor) is not { } signer)
            {
                continue;
            }

            foreach (var single in singles.Where(s => s.CertStatus.Kind != CertStatusKind.Unknown))
            {
                yield return new RevocationEvidence
                {
                    Encoded = answer.Encoded,
                    Kind = RevocationEvidenceKind.Ocsp,
                    Subject = certificate,
                    IssuedAt = single.ThisUpdate,
                    NextUpdate = single.NextUpdate,
                    RevokedAt = single.CertStatus.RevocationTime,
                    Reason = single.CertStatus.Reason,
                    KeepsExpiredSince = ArchiveCutoff(single),
                    SignatureAlgorithm = answer.Response.Signed.SignatureAlgorithm,
                    SignerKey = signer.Key,
                    Responder = signer.Responder,
                };
            }
        }
    }

    /// <summary>§4.1.1: the hashes are of the issuer's name and key. The hash only names; any that the platform has will do.</summary>
    private static bool Concerns(CertId id, Certificate certificate, CertificateIssuer issuer)
    {
        if (
            !id.SerialNumber.Equals(certificate.Tbs.SerialNumber)
            || HashAlgorithms.FromOid(id.HashAlgorithm.Oid) is not { } hash
            || !id.IssuerKeyHash.Span.SequenceEqual(CryptographicOperations.HashData(hash, issuer.PublicKey.PublicKey.Span))
        )
        {
            return false;
        }

        // The certificate's own spelling of its issuer's name, or that of the issuer: they may differ in string types (RFC 5280 §7.1).
        return id.IssuerNameHash.Span.SequenceEqual(CryptographicOperations.HashData(hash, certificate.Tbs.Issuer.Encoded.Span))
            || id.IssuerNameHash.Span.SequenceEqual(CryptographicOperations.HashData(hash, issuer.Name.Encoded.Span));
    }

    private static bool HasUnknownCriticalExtension(OcspAnswer answer, List<SingleResponse> singles) =>
        answer.Response.Data.ResponseExtensions.Concat(singles.SelectMany(s => s.SingleExtensions)).Any(e => e.Critical);

    /// <summary>§4.2.2.2: the issuer itself, or a responder whose certificate the issuer signed for this very purpose.</summary>
    private (SubjectPublicKeyInfo Key, Certificate? Responder)? FindSigner(OcspAnswer answer, CertificateIssuer issuer, TrustAnchor anchor)
    {
        var data = answer.Response.Data;
        if (NamesIssuer(data.ResponderId, issuer) && Verifies(answer.Response.Signed, issuer.PublicKey))
        {
            return (issuer.PublicKey, null);
        }

        var candidates = data.ResponderId.Name is { } name ? answer.Response.Certs.Concat(pool.FindBySubject(name)) : answer.Response.Certs;
        var responder = candidates
            .Distinct()
            .FirstOrDefault(candidate =>
                data.ResponderId.Matches(candidate)
                && MayAnswerFor(candidate, issuer, anchor, data.ProducedAt)
                && Verifies(answer.Response.Signed, candidate.Tbs.SubjectPublicKeyInfo)
            );
        return responder is null ? null : (responder.Tbs.SubjectPublicKeyInfo, responder);
    }

    private static bool NamesIssuer(ResponderId id, CertificateIssuer issuer) =>
        id.Name is { } name
            ? NameMatcher.Matches(name, issuer.Name)
            : id.KeyHash is { } hash && hash.Span.SequenceEqual(SHA1.HashData(issuer.PublicKey.PublicKey.Span));

    private bool MayAnswerFor(Certificate responder, CertificateIssuer issuer, TrustAnchor anchor, DateTimeOffset producedAt)
    {
        var extensions = responder.Tbs.Extensions;
        return NameMatcher.Matches(responder.Tbs.Issuer, issuer.Name)
            && extensions.Find(Oids.ExtendedKeyUsage) is { } usage
            && ExtendedKeyUsage.Decode(usage.Value).Purposes.Contains(Oids.OcspSigning)
            && (extensions.Find(Oids.KeyUsage) is not { } key || KeyUsage.Decode(key.Value).Usages.HasFlag(KeyUsages.DigitalSignature))
            // The answer was made while the responder's certificate ran; later, its own status is of no concern to it.
            && responder.Tbs.NotBefore <= producedAt
            && producedAt <= responder.Tbs.NotAfter
            && Verifies(responder.Signed, issuer.PublicKey)
            // §4.2.2.2.1: without id-pkix-ocsp-nocheck the responder's own status must be known.
            && (extensions.Find(Oids.OcspNoCheck) is not null || crls.Check(responder, issuer, anchor, producedAt) is null);
    }

    private static bool Verifies(SignedObject signed, SubjectPublicKeyInfo key) =>
        SignatureVerifier.Verify(signed.SignatureAlgorithm, key, signed.ToBeSigned.Span, signed.Signature.Span);

    // RFC 6960 §4.4.4: ArchiveCutoff ::= GeneralizedTime
    private static DateTimeOffset? ArchiveCutoff(SingleResponse single) =>
        single.SingleExtensions.Find(Oids.OcspArchiveCutoff) is { } cutoff
            ? Der.Decode(cutoff.Value, "RFC 6960 §4.4.4", CertificateTime.DecodeGeneralized)
            : null;
}
