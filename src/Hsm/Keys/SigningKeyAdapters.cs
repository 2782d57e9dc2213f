using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EContract.Hsm.Keys;

/// <summary>Lets .NET's own builders (CertificateRequest, CmsSigner …) sign with an <see cref="ISigningKey"/>.</summary>
public static class SigningKeyAdapters
{
    /// <summary>An <see cref="RSA"/> with the key's public half that signs hashes with the key; it exports and decrypts nothing.</summary>
    public static RSA CreateRsa(ISigningKey key) => new SigningKeyRsa(key);

    /// <summary>An <see cref="ECDsa"/> with the key's public half that signs hashes with the key; it exports nothing private.</summary>
    public static ECDsa CreateECDsa(ISigningKey key) => new SigningKeyECDsa(key);

    /// <summary>A generator for <see cref="CertificateRequest"/> and <see cref="CertificateRevocationListBuilder"/>.</summary>
    /// <param name="key">The key to sign with.</param>
    /// <param name="scheme">For RSA keys PKCS#1 v1.5 unless PSS is asked for.</param>
    public static X509SignatureGenerator CreateSignatureGenerator(ISigningKey key, SignatureScheme? scheme = null) =>
        key.Algorithm.IsRsa
            ? X509SignatureGenerator.CreateForRSA(
                CreateRsa(key),
                scheme == SignatureScheme.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
            )
            : X509SignatureGenerator.CreateForECDsa(CreateECDsa(key));
}
