using System.Security.Cryptography;

namespace EContract.Hsm.Keys;

/// <summary>
/// A signing key in memory: throwaway keys for linting, tests, and callers without a token. Never a key of this service.
/// </summary>
public sealed class SoftwareSigningKey : ISigningKey, IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private SoftwareSigningKey(string label, KeyAlgorithm algorithm, RSA? rsa, ECDsa? ecdsa)
    {
        Label = label;
        Algorithm = algorithm;
        _rsa = rsa;
        _ecdsa = ecdsa;
        SubjectPublicKeyInfo = rsa?.ExportSubjectPublicKeyInfo() ?? ecdsa!.ExportSubjectPublicKeyInfo();
    }

    public string Label { get; }

    public KeyAlgorithm Algorithm { get; }

    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    public int MaxSignatureSize => Algorithm.MaxSignatureSize;

    public static SoftwareSigningKey Generate(KeyAlgorithm algorithm, string label) =>
        algorithm.IsRsa
            ? new(label, algorithm, RSA.Create(algorithm.KeySize), null)
            : new(
                label,
                algorithm,
                null,
                ECDsa.Create(algorithm == KeyAlgorithm.EcdsaP256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384)
            );

    /// <summary>Reads an unencrypted PKCS#8 <c>PrivateKeyInfo</c> (RFC 5958).</summary>
    /// <exception cref="CryptographicException">Not a PKCS#8 key of a supported <see cref="KeyAlgorithm"/>.</exception>
    public static SoftwareSigningKey FromPkcs8(ReadOnlySpan<byte> pkcs8, string label)
    {
        RSA? rsa = null;
        ECDsa? ecdsa = null;
        try
        {
            rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        }
        catch (CryptographicException)
        {
            rsa?.Dispose();
            rsa = null;
            ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
        }

        KeyAlgorithm? algorithm = (rsa?.KeySize, ecdsa?.KeySize) switch
        {
            (2048, _) => KeyAlgorithm.Rsa2048,
            (3072, _) => KeyAlgorithm.Rsa3072,
            (4096, _) => KeyAlgorithm.Rsa4096,
            (_, 256) => KeyAlgorithm.EcdsaP256,
            (_, 384) => KeyAlgorithm.EcdsaP384,
            _ => null,
        };
        if (algorithm is not { } known)
        {
            rsa?.Dispose();
            ecdsa?.Dispose();
            throw new CryptographicException("the key is of no supported algorithm");
        }

        return new(label, known, rsa, ecdsa);
    }

    public int SignDigest(
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Span<byte> destination,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        KeyAlgorithms.Check(Algorithm, digest, hash, scheme, destination);
        int written;
        var done = _rsa is not null
            ? _rsa.TrySignHash(
                digest,
                destination,
                hash,
                scheme == SignatureScheme.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1,
                out written
            )
            : _ecdsa!.TrySignHash(digest, destination, DSASignatureFormat.Rfc3279DerSequence, out written);
        return done ? written : throw new CryptographicException("the signature is longer than expected");
    }

    public ValueTask<int> SignDigestAsync(
        ReadOnlyMemory<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Memory<byte> destination,
        CancellationToken cancellationToken = default
    ) => new(SignDigest(digest.Span, hash, scheme, destination.Span, cancellationToken));

    public void Dispose()
    {
        _rsa?.Dispose();
        _ecdsa?.Dispose();
    }
}
