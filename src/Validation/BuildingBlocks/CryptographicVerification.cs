using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Signatures;

namespace EContract.Validation.BuildingBlocks;

/// <summary>The cryptographic verification (ETSI EN 319 102-1 §5.2.7): the digest of the signed data, then the signature value.</summary>
internal static class CryptographicVerification
{
    private const string Clause = "ETSI EN 319 102-1 §5.2.7";

    public static Conclusion Verify(SignatureObject signature, Certificate signer)
    {
        try
        {
            return VerifyContent(signature) is { IsPassed: false } failed
                ? failed
                : VerifyValue(signature, signer.Tbs.SubjectPublicKeyInfo);
        }
        catch (MalformedException e)
        {
            return FormatChecking.Failure(e);
        }
    }

    private static Conclusion VerifyContent(SignatureObject signature)
    {
        if (HashAlgorithms.FromOid(signature.Signer.DigestAlgorithm.Oid) is not { } hash || !HashAlgorithms.IsSupported(hash))
        {
            return Unknown($"digest algorithm {signature.Signer.DigestAlgorithm.Oid} is not known");
        }

        if (signature.Content?.Compute(hash) is not { } digest)
        {
            return Conclusion.Indeterminate(
                SubIndication.SignedDataNotFound,
                FindingCode.SignedDataMissing,
                Clause,
                "the signature is detached and what it signs was not given"
            );
        }

        if (signature.Signer.SignedAttributes is null)
        {
            return Conclusion.Passed; // RFC 5652 §5.4: the content is signed directly
        }

        // RFC 5652 §5.3: both attributes must be there whenever any is.
        if (
            signature.FindSigned(Oids.MessageDigest) is not { } messageDigest
            || signature.FindSigned(Oids.ContentType) is not { } contentType
        )
        {
            return Conclusion.Failed(
                SubIndication.FormatFailure,
                FindingCode.Malformed,
                "RFC 5652 §5.3",
                "the signed attributes lack message-digest or content-type"
            );
        }

        var signedDigest = Der.Decode(
            messageDigest,
            "RFC 5652 §11.2",
            reader => reader.ReadOctetString(),
            System.Formats.Asn1.AsnEncodingRules.BER
        );
        if (!digest.Span.SequenceEqual(signedDigest))
        {
            return Conclusion.Failed(
                SubIndication.HashFailure,
                FindingCode.DigestMismatch,
                Clause,
                $"the {hash.Name} digest of the signed data is not the one that was signed"
            );
        }

        // RFC 5652 §11.1: otherwise the same bytes could be passed off as content of another kind.
        return Der.Decode(contentType, "RFC 5652 §11.1", reader => reader.ReadObjectIdentifier()) == signature.SignedData.ContentType
            ? Conclusion.Passed
            : Conclusion.Failed(
                SubIndication.FormatFailure,
                FindingCode.ContentTypeMismatch,
                "RFC 5652 §11.1",
                "the content-type attribute is not the content's type"
            );
    }

    private static Conclusion VerifyValue(SignatureObject signature, SubjectPublicKeyInfo key)
    {
        var algorithm = signature.SignatureAlgorithm;
        if (SignatureVerifier.HashOf(algorithm) is not { } hash || !HashAlgorithms.IsSupported(hash))
        {
            return Unknown($"signature algorithm {algorithm.Oid} is not known");
        }

        var verifies = signature.Signer.SignedAttributesToBeSigned is { } attributes
            ? SignatureVerifier.Verify(algorithm, key, attributes, signature.Value.Span)
            : signature.Content!.Compute(hash) is { } digest
                && SignatureVerifier.VerifyDigest(algorithm, key, digest.Span, signature.Value.Span);
        return verifies
            ? Conclusion.Passed
            : Conclusion.Failed(
                SubIndication.SigCryptoFailure,
                FindingCode.SignatureMismatch,
                Clause,
                "the signature value does not verify with the signer's key"
            );
    }

    private static Conclusion Unknown(string detail) =>
        Conclusion.Indeterminate(SubIndication.CryptoConstraintsFailure, FindingCode.AlgorithmUnknown, Clause, detail);
}
