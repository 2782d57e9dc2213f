using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>
/// The CMS around a signature value. Preparing is a function of the item's row, the credential and the time the activation began, so
/// that any node can finish what another prepared: nothing of the CMS is stored in between.
/// </summary>
internal static class CmsItems
{
    public static SignatureAlgorithm Algorithm(KeyAlgorithm key, HashAlgorithmName hash, bool pss) =>
        SignatureAlgorithm.Get(
            !key.IsRsa ? SignatureKind.Ecdsa
                : pss ? SignatureKind.RsaPss
                : SignatureKind.RsaPkcs1,
            hash
        );

    public static SignatureScheme Scheme(KeyAlgorithm key, bool pss) =>
        !key.IsRsa ? SignatureScheme.Ecdsa
        : pss ? SignatureScheme.RsaPss
        : SignatureScheme.RsaPkcs1;

    public static CadesSigner Signer(Credential credential, HashAlgorithmName hash, bool pss) =>
        new([credential.Certificate, .. WithoutRoot(credential.Chain)], Algorithm(credential.KeyAlgorithm, hash, pss));

    /// <summary>
    /// CAdES states the time of signing (ETSI EN 319 122-1 §6.3), PAdES leaves it to /M (ETSI EN 319 142-1 §6.3).
    /// </summary>
    public static CadesAttributes Attributes(ItemFormat format, DateTimeOffset time) =>
        format == ItemFormat.Cades ? new CadesAttributes { SigningTime = time } : CadesAttributes.None;

    public static PreparedSignature Prepare(
        CadesSigner signer,
        ItemFormat format,
        byte[] contentDigest,
        byte[]? content,
        DateTimeOffset time
    ) =>
        content is not null
            ? signer.PrepareAttached(content, Attributes(format, time))
            : signer.Prepare(contentDigest, Attributes(format, time));

    // A verifier has the root already, or must not take it from here.
    private static IEnumerable<ReadOnlyMemory<byte>> WithoutRoot(byte[][] chain)
    {
        foreach (var der in chain)
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            if (!certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            {
                yield return der;
            }
        }
    }
}
