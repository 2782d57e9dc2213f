using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Signatures;
using EContract.Validation.Sources;

namespace EContract.Validation.Collection;

/// <summary>Whether an OCSP response is worth keeping for a certificate.</summary>
internal static class OcspEvidence
{
    /// <summary>What the response says of the certificate, and who signed it: the issuer itself, or his delegate.</summary>
    public static Found? Find(OcspAnswer answer, Certificate certificate, Certificate issuer, IEnumerable<Certificate> known)
    {
        var response = answer.Response;
        if (response.Data.Responses.FirstOrDefault(r => Names(r.CertId, certificate, issuer)) is not { } single)
        {
            return null;
        }

        if (response.Data.ResponderId.Matches(issuer) && Verifies(response, issuer))
        {
            return new Found(answer, single, null);
        }

        var responder = response
            .Certs.Concat(known)
            .FirstOrDefault(c => IsDelegate(c, issuer) && response.Data.ResponderId.Matches(c) && Verifies(response, c));
        return responder is null ? null : new Found(answer, single, responder);
    }

    /// <summary>RFC 6960 §4.4.4: the responder still answers for certificates that had expired by the cutoff.</summary>
    public static bool CoversExpired(SingleResponse single, DateTimeOffset notAfter)
    {
        if (single.SingleExtensions.Find(Oids.OcspArchiveCutoff) is not { } extension)
        {
            return false;
        }

        try
        {
            return Pki.Asn1.Der.Decode(extension.Value, "RFC 6960 §4.4.4", CertificateTime.DecodeGeneralized) <= notAfter;
        }
        catch (MalformedException)
        {
            return false;
        }
    }

    private static bool Names(CertId id, Certificate certificate, Certificate issuer)
    {
        if (!id.SerialNumber.Equals(certificate.Tbs.SerialNumber))
        {
            return false;
        }

        HashAlgorithmName? hash = id.HashAlgorithm.Oid == Oids.Sha1 ? HashAlgorithmName.SHA1 : HashAlgorithms.FromOid(id.HashAlgorithm.Oid);
        if (hash is not { } algorithm)
        {
            return false;
        }

        var own = CertId.For(issuer, certificate.Tbs.SerialNumber, algorithm);
        return own.IssuerNameHash.Span.SequenceEqual(id.IssuerNameHash.Span) && own.IssuerKeyHash.Span.SequenceEqual(id.IssuerKeyHash.Span);
    }

    /// <summary>RFC 6960 §4.2.2.2: issued by the very CA, with id-kp-OCSPSigning.</summary>
    private static bool IsDelegate(Certificate responder, Certificate issuer)
    {
        try
        {
            return responder.Tbs.Extensions.Find(Oids.ExtendedKeyUsage) is { } purposes
                && ExtendedKeyUsage.Decode(purposes.Value).Purposes.Contains(Oids.OcspSigning)
                && IssuerMatch.Is(issuer, responder);
        }
        catch (MalformedException)
        {
            return false;
        }
    }

    private static bool Verifies(BasicOcspResponse response, Certificate signer) =>
        SignatureVerifier.Verify(
            response.Signed.SignatureAlgorithm,
            signer.Tbs.SubjectPublicKeyInfo,
            response.Signed.ToBeSigned.Span,
            response.Signed.Signature.Span
        );

    /// <param name="Responder">The delegate; null: the issuer signed.</param>
    public sealed record Found(OcspAnswer Answer, SingleResponse Single, Certificate? Responder);
}
