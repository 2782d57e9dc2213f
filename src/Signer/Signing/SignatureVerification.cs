using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>Judges every signature value with the certificate's public key before it is stored: a faulty one could give the key away.</summary>
internal sealed class SignatureVerification : IDisposable
{
    private readonly SubjectPublicKey _key;

    public SignatureVerification(Credential credential)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(credential.Certificate!);
        _key = SubjectPublicKey.Import(certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    public void Require(SignatureAlgorithm algorithm, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!_key.VerifyDigest(algorithm, digest, signature))
        {
            throw new ServiceException(Fault.SignatureNotVerified, "The token's signature does not verify with the certificate.");
        }
    }

    public void Dispose() => _key.Dispose();
}
