using System.Security.Cryptography;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Cms;

namespace EContract.Hosting.Signing;

/// <summary>Where the format (Pki) and the token (Hsm), which don't know each other, meet.</summary>
public static class SigningKeyExtensions
{
    public static SignatureScheme ToScheme(this SignatureKind kind) =>
        kind switch
        {
            SignatureKind.RsaPkcs1 => SignatureScheme.RsaPkcs1,
            SignatureKind.RsaPss => SignatureScheme.RsaPss,
            _ => SignatureScheme.Ecdsa,
        };

    /// <summary>The hash whose strength fits the key (NIST SP 800-57 part 1 §5.6.1): SHA-384 for P-384, else SHA-256.</summary>
    public static HashAlgorithmName DefaultHash(this KeyAlgorithm algorithm) =>
        algorithm == KeyAlgorithm.EcdsaP384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    /// <summary>The signature algorithm of a key: ECDSA for a curve, PKCS#1 v1.5 for RSA unless PSS is asked for.</summary>
    public static SignatureAlgorithm SignatureAlgorithm(this KeyAlgorithm algorithm, HashAlgorithmName? hash = null, bool pss = false) =>
        Pki.SignatureAlgorithm.Get(
            algorithm is KeyAlgorithm.EcdsaP256 or KeyAlgorithm.EcdsaP384 ? SignatureKind.Ecdsa
                : pss ? SignatureKind.RsaPss
                : SignatureKind.RsaPkcs1,
            hash ?? algorithm.DefaultHash()
        );

    /// <summary>Signs what was prepared; the result is verified with the signer's certificate before it is given out.</summary>
    /// <exception cref="HsmException">The token said no.</exception>
    /// <exception cref="CryptographicException">The signature is not one of the certificate's key.</exception>
    public static async ValueTask<CompletedSignature> SignAsync(
        this ISigningKey key,
        PreparedSignature prepared,
        CancellationToken cancellationToken
    )
    {
        byte[] signature = new byte[key.MaxSignatureSize];
        int length = await key.SignDigestAsync(
            prepared.Digest,
            prepared.Algorithm.Hash,
            prepared.Algorithm.Kind.ToScheme(),
            signature,
            cancellationToken
        );
        return prepared.Complete(signature.AsMemory(0, length));
    }
}
