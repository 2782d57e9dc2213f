using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>Tries a private key out on the session at hand.</summary>
internal static class SessionKeys
{
    /// <summary>True if what the private key signs verifies with the public key.</summary>
    public static unsafe bool Works(Session session, CULong privateKey, KeyAlgorithm algorithm, ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        // Random, so that it is the digest of nothing anybody knows.
        Span<byte> digest = stackalloc byte[32];
        RandomNumberGenerator.Fill(digest);
        Span<byte> signature = stackalloc byte[512];
        int length;
        if (algorithm.IsRsa)
        {
            Span<byte> digestInfo = stackalloc byte[DigestInfo.MaxSize];
            var size = DigestInfo.Write(HashAlgorithmName.SHA256, digest, digestInfo);
            var mechanism = new CK_MECHANISM(Pkcs11.CKM_RSA_PKCS);
            length = session.Sign(&mechanism, privateKey, digestInfo[..size], signature);
        }
        else
        {
            Span<byte> fixedWidth = stackalloc byte[132];
            var mechanism = new CK_MECHANISM(Pkcs11.CKM_ECDSA);
            var raw = session.Sign(&mechanism, privateKey, digest, fixedWidth);
            length = EcdsaSignature.ToDer(fixedWidth[..raw], signature);
        }

        return new PublicKeyVerifier(algorithm, subjectPublicKeyInfo).Verify(
            digest,
            signature[..length],
            HashAlgorithmName.SHA256,
            algorithm.DefaultScheme
        );
    }
}
