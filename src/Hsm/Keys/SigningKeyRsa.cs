using System.Security.Cryptography;

namespace EContract.Hsm.Keys;

/// <summary>An RSA whose private operations happen in an <see cref="ISigningKey"/>.</summary>
internal sealed class SigningKeyRsa : RSA
{
    private readonly ISigningKey _key;
    private readonly RSA _public = Create();

    public SigningKeyRsa(ISigningKey key)
    {
        if (!key.Algorithm.IsRsa)
        {
            throw new ArgumentException("not an RSA key", nameof(key));
        }

        _key = key;
        _public.ImportSubjectPublicKeyInfo(key.SubjectPublicKeyInfo.Span, out _);
        KeySizeValue = key.Algorithm.KeySize;
    }

    public override KeySizes[] LegalKeySizes => [new KeySizes(KeySize, KeySize, 0)];

    public override RSAParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters
            ? throw new CryptographicException("the private key never leaves its token")
            : _public.ExportParameters(false);

    public override void ImportParameters(RSAParameters parameters) => throw new NotSupportedException("the key is that of the token");

    public override byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)
    {
        var signature = new byte[_key.MaxSignatureSize];
        TrySignHash(hash, signature, hashAlgorithm, padding, out _);
        return signature;
    }

    public override bool TrySignHash(
        ReadOnlySpan<byte> hash,
        Span<byte> destination,
        HashAlgorithmName hashAlgorithm,
        RSASignaturePadding padding,
        out int bytesWritten
    )
    {
        if (destination.Length < _key.MaxSignatureSize)
        {
            bytesWritten = 0;
            return false;
        }

        var scheme = padding == RSASignaturePadding.Pss ? SignatureScheme.RsaPss : SignatureScheme.RsaPkcs1;
        bytesWritten = _key.SignDigest(hash, hashAlgorithm, scheme, destination);
        return true;
    }

    public override bool VerifyHash(
        ReadOnlySpan<byte> hash,
        ReadOnlySpan<byte> signature,
        HashAlgorithmName hashAlgorithm,
        RSASignaturePadding padding
    ) => _public.VerifyHash(hash, signature, hashAlgorithm, padding);

    public override bool VerifyHash(byte[] hash, byte[] signature, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding) =>
        _public.VerifyHash(hash, signature, hashAlgorithm, padding);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _public.Dispose();
        }

        base.Dispose(disposing);
    }
}
