using System.Security.Cryptography;

namespace EContract.Hsm.Keys;

/// <summary>
/// Verifies with a public key from many threads. .NET's key objects promise nothing about that, so each verification
/// has one to itself for its time.
/// </summary>
internal sealed class PublicKeyVerifier
{
    private readonly Lock _lock = new();
    private readonly Stack<AsymmetricAlgorithm> _free = new();
    private readonly KeyAlgorithm _algorithm;
    private readonly ReadOnlyMemory<byte> _subjectPublicKeyInfo;

    public PublicKeyVerifier(KeyAlgorithm algorithm, ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        _algorithm = algorithm;
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        _free.Push(Create());
    }

    public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, HashAlgorithmName hash, SignatureScheme scheme)
    {
        AsymmetricAlgorithm? key;
        lock (_lock)
        {
            _free.TryPop(out key);
        }

        key ??= Create();
        var good = key switch
        {
            RSA rsa => rsa.VerifyHash(
                digest,
                signature,
                hash,
                scheme == SignatureScheme.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
            ),
            _ => ((ECDsa)key).VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence),
        };
        lock (_lock)
        {
            _free.Push(key);
        }

        return good;
    }

    // From parameters rather than from DER: OpenSSL 3's decoder takes several times as long as the verification.
    private AsymmetricAlgorithm Create()
    {
        if (_algorithm.IsRsa)
        {
            var rsa = RSA.Create();
            rsa.ImportParameters(PublicKeyParameters.Rsa(_subjectPublicKeyInfo));
            return rsa;
        }

        // ECDsa.Create() wraps it, and the wrapper turns each signature from DER to r‖s and back, with allocations.
        var ecdsa = OperatingSystem.IsLinux() ? new ECDsaOpenSsl() : ECDsa.Create();
        ecdsa.ImportParameters(PublicKeyParameters.EC(_algorithm, _subjectPublicKeyInfo));
        return ecdsa;
    }
}
