using System.Security.Cryptography;

namespace EContract.Hsm.Keys;

/// <summary>Sizes and limits of each <see cref="KeyAlgorithm"/>, and the checks every key makes before it signs.</summary>
public static class KeyAlgorithms
{
    extension(KeyAlgorithm algorithm)
    {
        public bool IsRsa => algorithm is KeyAlgorithm.Rsa2048 or KeyAlgorithm.Rsa3072 or KeyAlgorithm.Rsa4096;

        /// <summary>Modulus or field size in bits.</summary>
        public int KeySize =>
            algorithm switch
            {
                KeyAlgorithm.Rsa2048 => 2048,
                KeyAlgorithm.Rsa3072 => 3072,
                KeyAlgorithm.Rsa4096 => 4096,
                KeyAlgorithm.EcdsaP256 => 256,
                KeyAlgorithm.EcdsaP384 => 384,
                _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "unknown key algorithm"),
            };

        /// <summary>The longest signature in bytes: the modulus, or the DER form of two field elements.</summary>
        public int MaxSignatureSize => algorithm.IsRsa ? algorithm.KeySize / 8 : EcdsaSignature.MaxDerSize(algorithm.KeySize / 8);

        /// <summary>The scheme used where the caller has no wish: PKCS#1 v1.5 for RSA, ECDSA for elliptic curves.</summary>
        public SignatureScheme DefaultScheme => algorithm.IsRsa ? SignatureScheme.RsaPkcs1 : SignatureScheme.Ecdsa;

        /// <summary>The hash of matching strength: SHA-384 for P-384, SHA-256 otherwise.</summary>
        public HashAlgorithmName DefaultHash => algorithm == KeyAlgorithm.EcdsaP384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
    }

    /// <summary>Digest size in bytes of SHA-256, SHA-384 or SHA-512.</summary>
    /// <exception cref="ArgumentException">Another hash (R11: others are refused).</exception>
    public static int DigestSize(HashAlgorithmName hash) =>
        hash == HashAlgorithmName.SHA256 ? 32
        : hash == HashAlgorithmName.SHA384 ? 48
        : hash == HashAlgorithmName.SHA512 ? 64
        : throw new ArgumentException("only SHA-256, SHA-384 and SHA-512 are signed", nameof(hash));

    internal static void Check(
        KeyAlgorithm algorithm,
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Span<byte> destination
    )
    {
        if (digest.Length != DigestSize(hash))
        {
            throw new ArgumentException("the digest isn't as long as its hash algorithm says", nameof(digest));
        }

        if (algorithm.IsRsa != (scheme is SignatureScheme.RsaPkcs1 or SignatureScheme.RsaPss))
        {
            throw new ArgumentException("the signature scheme doesn't fit the key", nameof(scheme));
        }

        if (destination.Length < algorithm.MaxSignatureSize)
        {
            throw new ArgumentException("the destination is shorter than MaxSignatureSize", nameof(destination));
        }
    }
}
