using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Pki;
using EContract.Pki.Cms;

namespace EContract.Audit.Verification;

/// <summary>
/// Checks a detached CMS signature without its content: the key signed the attributes, and one of them is the content's digest.
/// (.NET's SignedCms wants the content.)
/// </summary>
internal static class SignedAttributesSignature
{
    public static bool Verifies(ReadOnlyMemory<byte> contentInfo, X509Certificate2 certificate)
    {
        try
        {
            var signer = SignedData.Decode(contentInfo).SignerInfos[0];
            if (signer.SignedAttributesToBeSigned is not { } attributes || AlgorithmOf(signer) is not { } algorithm)
            {
                return false;
            }

            using var key = SubjectPublicKey.Import(certificate.PublicKey.ExportSubjectPublicKeyInfo());
            return key.VerifyDigest(algorithm, CryptographicOperations.HashData(algorithm.Hash, attributes), signer.Signature.Span);
        }
        catch (MalformedException)
        {
            return false;
        }
    }

    // RFC 3370 §3.2: PKCS#1 v1.5 may be named by rsaEncryption; then the hash is the digest algorithm's.
    private static SignatureAlgorithm? AlgorithmOf(SignerInfo signer) =>
        signer.SignatureAlgorithm.Oid == Oids.RsaEncryption && HashAlgorithms.FromOid(signer.DigestAlgorithm.Oid) is { } hash
            ? SignatureAlgorithm.Get(SignatureKind.RsaPkcs1, hash)
            : SignatureAlgorithm.Find(signer.SignatureAlgorithm);
}
