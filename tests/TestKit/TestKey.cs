using System.Security.Cryptography;
using EContract.Pki;

namespace EContract.TestKit;

/// <summary>A throwaway software key for tests of what signs digests without knowing tokens.</summary>
public sealed class TestKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private TestKey(RSA? rsa, ECDsa? ecdsa)
    {
        _rsa = rsa;
        _ecdsa = ecdsa;
    }

    public static TestKey Rsa(int bits = 2048) => new(RSA.Create(bits), null);

    public static TestKey P256() => new(null, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static TestKey P384() => new(null, ECDsa.Create(ECCurve.NamedCurves.nistP384));

    /// <summary>A key that signs in this way.</summary>
    public static TestKey For(SignatureKind kind) => kind == SignatureKind.Ecdsa ? P256() : Rsa();

    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => _rsa?.ExportSubjectPublicKeyInfo() ?? _ecdsa!.ExportSubjectPublicKeyInfo();

    /// <summary>ECDSA as Ecdsa-Sig-Value.</summary>
    public byte[] SignDigest(ReadOnlyMemory<byte> digest, SignatureAlgorithm algorithm) =>
        _rsa is not null
            ? _rsa.SignHash(
                digest.Span,
                algorithm.Hash,
                algorithm.Kind == SignatureKind.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
            )
            : _ecdsa!.SignHash(digest.Span, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose()
    {
        _rsa?.Dispose();
        _ecdsa?.Dispose();
    }
}
