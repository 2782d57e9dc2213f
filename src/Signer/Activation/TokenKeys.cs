using System.Security.Cryptography;
using System.Text;
using EContract.Hosting.Errors;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki.Pkcs10;

namespace EContract.Signer.Activation;

/// <summary>The Signer's own secret keys in the token, each found when it is first needed.</summary>
public sealed class TokenKeys(Token token, SignerOptions settings)
{
    private HmacKey? _pepper; // found twice at worst
    private SealingKey? _seal;
    private ISigningKey? _enrollment;

    /// <summary>HMAC-SHA-256 of a code for one subject: without the token, the database's row tells nothing about 8 digits.</summary>
    public async Task<byte[]> OtpMacAsync(string subjectId, string code, CancellationToken cancellationToken)
    {
        var label = settings.Keys.OtpPepper;
        _pepper ??= await token.FindHmacKeyAsync(label, cancellationToken) ?? throw Missing(label);
        // The subject's id has no NUL: two different pairs never give the same bytes.
        var data = Encoding.UTF8.GetBytes($"{subjectId}\0{code}");
        try
        {
            return await _pepper.ComputeAsync(data, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
        }
    }

    /// <summary>Seals the seeds of authenticator apps.</summary>
    public async Task<SealingKey> SealAsync(CancellationToken cancellationToken)
    {
        var label = settings.Keys.TotpSeal;
        return _seal ??= await token.FindSealingKeyAsync(label, cancellationToken) ?? throw Missing(label);
    }

    /// <summary>Vouches that this token made a key for an application: the CA certifies nothing else.</summary>
    public async Task<byte[]> ProveEnrollmentAsync(
        string applicationId,
        ReadOnlyMemory<byte> subjectPublicKeyInfo,
        CancellationToken cancellationToken
    )
    {
        var label = settings.Keys.Enrollment;
        _enrollment ??= await token.FindSigningKeyAsync(label, cancellationToken) ?? throw Missing(label);
        var algorithm = _enrollment.Algorithm;
        var digest = CryptographicOperations.HashData(
            algorithm.DefaultHash,
            EnrollmentProof.Encode(applicationId, subjectPublicKeyInfo.Span)
        );
        var proof = new byte[_enrollment.MaxSignatureSize];
        var scheme = algorithm.IsRsa ? SignatureScheme.RsaPkcs1 : SignatureScheme.Ecdsa;
        var length = await _enrollment.SignDigestAsync(digest, algorithm.DefaultHash, scheme, proof, cancellationToken);
        return proof[..length];
    }

    private static ServiceException Missing(string label) => new(Fault.TokenKeyMissing, $"The token holds no key '{label}'.");
}
