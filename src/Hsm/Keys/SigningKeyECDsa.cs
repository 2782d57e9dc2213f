using System.Security.Cryptography;

namespace EContract.Hsm.Keys;

/// <summary>An ECDsa whose private operations happen in an <see cref="ISigningKey"/>.</summary>
internal sealed class SigningKeyECDsa : ECDsa
{
    private readonly ISigningKey _key;
    private readonly ECDsa _public = Create();

    public SigningKeyECDsa(ISigningKey key)
    {
        if (key.Algorithm.IsRsa)
        {
            throw new ArgumentException("not an EC key", nameof(key));
        }

        _key = key;
        _public.ImportSubjectPublicKeyInfo(key.SubjectPublicKeyInfo.Span, out _);
        KeySizeValue = key.Algorithm.KeySize;
    }

    public override KeySizes[] LegalKeySizes => [new KeySizes(KeySize, KeySize, 0)];

    public override ECParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters
            ? throw new CryptographicException("the private key never leaves its token")
            : _public.ExportParameters(false);

    public override void ImportParameters(ECParameters parameters) => throw new NotSupportedException("the key is that of the token");

    public override void GenerateKey(ECCurve curve) => throw new NotSupportedException("the key is that of the token");

    /// <summary>r‖s, as <see cref="ECDsa"/> has it; the DER formats are made from it by the base class.</summary>
    public override byte[] SignHash(byte[] hash)
    {
        Span<byte> der = stackalloc byte[EcdsaSignature.MaxDerSize(66)];
        var length = _key.SignDigest(hash, HashOf(hash), SignatureScheme.Ecdsa, der);
        var field = _key.Algorithm.KeySize / 8;
        var fixedWidth = new byte[2 * field];
        return EcdsaSignature.TryFromDer(der[..length], field, fixedWidth)
            ? fixedWidth
            : throw new CryptographicException("the token's signature is malformed");
    }

    public override bool VerifyHash(byte[] hash, byte[] signature) => _public.VerifyHash(hash, signature);

    private static HashAlgorithmName HashOf(byte[] hash) =>
        hash.Length switch
        {
            32 => HashAlgorithmName.SHA256,
            48 => HashAlgorithmName.SHA384,
            64 => HashAlgorithmName.SHA512,
            _ => throw new ArgumentException("only SHA-256, SHA-384 and SHA-512 are signed", nameof(hash)),
        };

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _public.Dispose();
        }

        base.Dispose(disposing);
    }
}
