using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.X509;

namespace EContract.Ca.Authorities;

/// <summary>How the authorities' keys sign whole messages.</summary>
public static class SigningKeys
{
    /// <summary>The algorithm for a key: PKCS#1 v1.5 for RSA, ECDSA for curves, with the hash of the key's strength.</summary>
    public static SignatureAlgorithm SignatureAlgorithmOf(KeyAlgorithm key) =>
        SignatureAlgorithm.Get(key.IsRsa ? SignatureKind.RsaPkcs1 : SignatureKind.Ecdsa, key.DefaultHash);

    /// <summary>The same from a CA's public key, where the token isn't needed yet.</summary>
    public static SignatureAlgorithm SignatureAlgorithmOf(SubjectPublicKeyInfo key) =>
        SignatureAlgorithm.Get(
            key.NamedCurve is null ? SignatureKind.RsaPkcs1 : SignatureKind.Ecdsa,
            key.NamedCurve == Oids.Secp384r1 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256
        );

    /// <summary>Signs the hash of <paramref name="data"/>; ECDSA in DER form.</summary>
    public static async Task<byte[]> SignDataAsync(
        this ISigningKey key,
        SignatureAlgorithm algorithm,
        ReadOnlyMemory<byte> data,
        CancellationToken cancellationToken
    )
    {
        var digest = CryptographicOperations.HashData(algorithm.Hash, data.Span);
        var signature = new byte[key.MaxSignatureSize];
        var length = await key.SignDigestAsync(digest, algorithm.Hash, SchemeOf(algorithm), signature, cancellationToken);
        return signature[..length];
    }

    /// <summary>The same on the caller's thread, which hangs if the token does.</summary>
    public static byte[] SignData(
        this ISigningKey key,
        SignatureAlgorithm algorithm,
        ReadOnlySpan<byte> data,
        CancellationToken cancellationToken
    )
    {
        var digest = CryptographicOperations.HashData(algorithm.Hash, data);
        var signature = new byte[key.MaxSignatureSize];
        return signature[..key.SignDigest(digest, algorithm.Hash, SchemeOf(algorithm), signature, cancellationToken)];
    }

    private static SignatureScheme SchemeOf(SignatureAlgorithm algorithm) =>
        algorithm.Kind switch
        {
            SignatureKind.RsaPkcs1 => SignatureScheme.RsaPkcs1,
            SignatureKind.RsaPss => SignatureScheme.RsaPss,
            _ => SignatureScheme.Ecdsa,
        };
}
