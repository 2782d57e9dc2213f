using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hsm.Keys;
using EContract.Signer.Identities;
using EContract.Signer.Signing;

namespace EContract.Signer.Enrollment;

/// <summary>PKCS#10 (RFC 2986) as proof that the token holds the private key.</summary>
internal static class CertificationRequests
{
    /// <summary>The subject only names the credential: the CA takes the certificate's subject from the application.</summary>
    public static byte[] Create(ISigningKey key, CredentialId credential)
    {
        var publicKey = PublicKey.CreateFromSubjectPublicKeyInfo(key.SubjectPublicKeyInfo.Span, out _);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={credential}"), publicKey, key.Algorithm.DefaultHash);
        return request.CreateSigningRequest(new Generator(key, publicKey));
    }

    private sealed class Generator(ISigningKey key, PublicKey publicKey) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            Pki.Asn1.Der.Encode(CmsItems.Algorithm(key.Algorithm, hashAlgorithm, pss: false).Identifier.Encode);

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm)
        {
            var signature = new byte[key.MaxSignatureSize];
            var digest = CryptographicOperations.HashData(hashAlgorithm, data);
            Array.Resize(ref signature, key.SignDigest(digest, hashAlgorithm, key.Algorithm.DefaultScheme, signature));
            return signature;
        }

        protected override PublicKey BuildPublicKey() => publicKey;
    }
}
