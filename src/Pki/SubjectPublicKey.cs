using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;

namespace EContract.Pki;

/// <summary>A public key that judges signatures: RSA or ECDSA on a NIST curve.</summary>
public sealed class SubjectPublicKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private SubjectPublicKey(RSA? rsa, ECDsa? ecdsa)
    {
        _rsa = rsa;
        _ecdsa = ecdsa;
    }

    /// <summary>The longest signature of the key in octets; ECDSA in DER form.</summary>
    public int MaxSignatureSize => _rsa is not null ? _rsa.KeySize / 8 : _ecdsa!.GetMaxSignatureSize(DSASignatureFormat.Rfc3279DerSequence);

    public bool IsRsa => _rsa is not null;

    /// <summary>The modulus' or the curve's size in bits.</summary>
    public int KeySize => _rsa?.KeySize ?? _ecdsa!.KeySize;

    /// <param name="subjectPublicKeyInfo">DER (RFC 5280 §4.1.2.7).</param>
    /// <exception cref="MalformedException">Not a SubjectPublicKeyInfo, or of an algorithm not known here.</exception>
    public static SubjectPublicKey Import(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        const string clause = "RFC 5280 §4.1.2.7";
        string algorithm = Der.Decode(
            subjectPublicKeyInfo,
            clause,
            static reader => AlgorithmIdentifier.Decode(reader.ReadSequence()).Oid,
            AsnEncodingRules.BER
        );
        try
        {
            switch (algorithm)
            {
                case Oids.RsaEncryption or Oids.RsassaPss:
                    var rsa = RSA.Create();
                    rsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo.Span, out _);
                    return new SubjectPublicKey(rsa, null);
                case Oids.EcPublicKey:
                    var ecdsa = ECDsa.Create();
                    ecdsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo.Span, out _);
                    return new SubjectPublicKey(null, ecdsa);
                default:
                    throw new MalformedException(clause, $"The public key algorithm {algorithm} is not known.");
            }
        }
        catch (CryptographicException e)
        {
            throw new MalformedException(clause, "The public key can't be read.", e);
        }
    }

    /// <summary>false for a wrong signature, and for a scheme that is not one of this key's.</summary>
    /// <param name="signature">ECDSA as Ecdsa-Sig-Value (RFC 3279 §2.2.3).</param>
    public bool VerifyDigest(SignatureAlgorithm algorithm, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (digest.Length != HashAlgorithms.DigestLength(algorithm.Hash))
        {
            return false;
        }

        return algorithm.Kind switch
        {
            SignatureKind.RsaPkcs1 => _rsa is not null && _rsa.VerifyHash(digest, signature, algorithm.Hash, RSASignaturePadding.Pkcs1),
            SignatureKind.RsaPss => _rsa is not null && _rsa.VerifyHash(digest, signature, algorithm.Hash, RSASignaturePadding.Pss),
            _ => _ecdsa is not null && _ecdsa.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence),
        };
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _ecdsa?.Dispose();
    }
}
