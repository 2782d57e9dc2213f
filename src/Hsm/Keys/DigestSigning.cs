using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Native;
using EContract.Hsm.Pins;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>From a digest to a signature with a private key's handle: the one place that knows the mechanisms.</summary>
internal static unsafe class DigestSigning
{
    /// <summary>Returns the bytes written; <paramref name="contextLogin"/> is for keys with CKA_ALWAYS_AUTHENTICATE.</summary>
    public static int Sign(
        Session session,
        CULong key,
        KeyAlgorithm algorithm,
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Span<byte> destination,
        PinSource? contextLogin = null
    ) =>
        scheme switch
        {
            SignatureScheme.RsaPkcs1 => SignPkcs1(session, key, digest, hash, destination[..(algorithm.KeySize / 8)], contextLogin),
            SignatureScheme.RsaPss => SignPss(session, key, digest, hash, destination[..(algorithm.KeySize / 8)], contextLogin),
            _ => SignEcdsa(session, key, algorithm.KeySize / 8, digest, destination, contextLogin),
        };

    /// <summary>True if what the private key signs verifies with the public key.</summary>
    public static bool Works(Session session, CULong privateKey, KeyAlgorithm algorithm, ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        // Random, so that it is the digest of nothing anybody knows.
        Span<byte> digest = stackalloc byte[32];
        RandomNumberGenerator.Fill(digest);
        Span<byte> signature = stackalloc byte[512];
        var (hash, scheme) = (HashAlgorithmName.SHA256, algorithm.DefaultScheme);
        var length = Sign(session, privateKey, algorithm, digest, hash, scheme, signature);
        return new PublicKeyVerifier(algorithm, subjectPublicKeyInfo).Verify(digest, signature[..length], hash, scheme);
    }

    private static int SignPkcs1(
        Session session,
        CULong key,
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        Span<byte> destination,
        PinSource? contextLogin
    )
    {
        // CKM_RSA_PKCS pads what it is given: the DigestInfo is ours to build.
        Span<byte> digestInfo = stackalloc byte[DigestInfo.MaxSize];
        var length = DigestInfo.Write(hash, digest, digestInfo);
        var mechanism = new CK_MECHANISM(Pkcs11.CKM_RSA_PKCS);
        return session.Sign(&mechanism, key, digestInfo[..length], destination, contextLogin);
    }

    private static int SignPss(
        Session session,
        CULong key,
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        Span<byte> destination,
        PinSource? contextLogin
    )
    {
        var (hashAlg, mgf) =
            hash == HashAlgorithmName.SHA256 ? (Pkcs11.CKM_SHA256, Pkcs11.CKG_MGF1_SHA256)
            : hash == HashAlgorithmName.SHA384 ? (Pkcs11.CKM_SHA384, Pkcs11.CKG_MGF1_SHA384)
            : (Pkcs11.CKM_SHA512, Pkcs11.CKG_MGF1_SHA512);
        var parameters = new CK_RSA_PKCS_PSS_PARAMS
        {
            hashAlg = new CULong(hashAlg),
            mgf = new CULong(mgf),
            sLen = new CULong((uint)digest.Length),
        };
        var mechanism = new CK_MECHANISM(Pkcs11.CKM_RSA_PKCS_PSS, &parameters, sizeof(CK_RSA_PKCS_PSS_PARAMS));
        return session.Sign(&mechanism, key, digest, destination, contextLogin);
    }

    private static int SignEcdsa(
        Session session,
        CULong key,
        int field,
        ReadOnlySpan<byte> digest,
        Span<byte> destination,
        PinSource? contextLogin
    )
    {
        Span<byte> fixedWidth = stackalloc byte[2 * field];
        // FIPS 186-5 §6.4.1: the leftmost bits of a longer digest; not every token cuts it itself.
        var data = digest[..Math.Min(digest.Length, field)];
        var mechanism = new CK_MECHANISM(Pkcs11.CKM_ECDSA);
        var length = session.Sign(&mechanism, key, data, fixedWidth, contextLogin);
        return EcdsaSignature.ToDer(fixedWidth[..length], destination);
    }
}
