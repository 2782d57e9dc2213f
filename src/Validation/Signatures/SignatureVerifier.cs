using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Validation.Signatures;

/// <summary>
/// Verifies signatures as they are met in the wild: also algorithms that are no longer made (SHA-1, DSA). Whether they may count
/// is the algorithm policy's business, not this type's.
/// </summary>
public static class SignatureVerifier
{
    /// <summary>Whether <paramref name="signature"/> over <paramref name="data"/> is the key's. Unknown algorithms and unreadable keys verify nothing.</summary>
    public static bool Verify(
        AlgorithmIdentifier algorithm,
        SubjectPublicKeyInfo key,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> signature
    ) =>
        HashOf(algorithm) is { } hash
        && HashAlgorithms.IsSupported(hash)
        && VerifyDigest(algorithm, key, CryptographicOperations.HashData(hash, data), signature);

    /// <summary>The same over a digest made with <see cref="HashOf"/>.</summary>
    public static bool VerifyDigest(
        AlgorithmIdentifier algorithm,
        SubjectPublicKeyInfo key,
        ReadOnlySpan<byte> digest,
        ReadOnlySpan<byte> signature
    )
    {
        if (HashOf(algorithm) is not { } hash || digest.Length != HashAlgorithms.DigestLength(hash))
        {
            return false;
        }

        try
        {
            switch (algorithm.Oid)
            {
                case Oids.RsassaPss when key.Algorithm.Oid is Oids.RsaEncryption or Oids.RsassaPss:
                    return VerifyRsa(key, hash, RSASignaturePadding.Pss, digest, signature);
                case Oids.DsaWithSha1 or Oids.DsaWithSha256 when key.Algorithm.Oid == Oids.Dsa:
                    using (var dsa = DSA.Create())
                    {
                        dsa.ImportSubjectPublicKeyInfo(key.Encoded.Span, out _);
                        return dsa.VerifySignature(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
                    }

                case Oids.EcdsaWithSha1
                or Oids.EcdsaWithSha256
                or Oids.EcdsaWithSha384
                or Oids.EcdsaWithSha512
                or Oids.EcdsaWithSha3_256
                or Oids.EcdsaWithSha3_384
                or Oids.EcdsaWithSha3_512 when key.Algorithm.Oid == Oids.EcPublicKey:
                    using (var ecdsa = ECDsa.Create())
                    {
                        ecdsa.ImportSubjectPublicKeyInfo(key.Encoded.Span, out _);
                        return ecdsa.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
                    }

                case Oids.Sha1WithRsaEncryption
                or Oids.Sha256WithRsaEncryption
                or Oids.Sha384WithRsaEncryption
                or Oids.Sha512WithRsaEncryption
                or Oids.Sha3_256WithRsaEncryption
                or Oids.Sha3_384WithRsaEncryption
                or Oids.Sha3_512WithRsaEncryption when key.Algorithm.Oid == Oids.RsaEncryption:
                    return VerifyRsa(key, hash, RSASignaturePadding.Pkcs1, digest, signature);
                default:
                    return false;
            }
        }
        // PlatformNotSupportedException: a curve or hash that the platform doesn't have.
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    /// <summary>The hash of a signature algorithm; null if the algorithm isn't known, or its parameters are not what RFC 4055 and RFC 5758 say.</summary>
    public static HashAlgorithmName? HashOf(AlgorithmIdentifier algorithm) =>
        algorithm.Oid switch
        {
            Oids.RsassaPss => PssHash(algorithm),
            Oids.Sha1WithRsaEncryption when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA1,
            Oids.Sha256WithRsaEncryption when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA256,
            Oids.Sha384WithRsaEncryption when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA384,
            Oids.Sha512WithRsaEncryption when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA512,
            Oids.DsaWithSha1 or Oids.EcdsaWithSha1 when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA1,
            Oids.DsaWithSha256 or Oids.EcdsaWithSha256 when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA256,
            Oids.EcdsaWithSha384 when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA384,
            Oids.EcdsaWithSha512 when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA512,
            Oids.Sha3_256WithRsaEncryption or Oids.EcdsaWithSha3_256 when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA3_256,
            Oids.Sha3_384WithRsaEncryption or Oids.EcdsaWithSha3_384 when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA3_384,
            Oids.Sha3_512WithRsaEncryption or Oids.EcdsaWithSha3_512 when algorithm.HasAbsentOrNullParameters => HashAlgorithmName.SHA3_512,
            _ => null,
        };

    /// <summary>
    /// A SignerInfo's signature algorithm as certificates would write it: RFC 3370 §3.2 lets rsaEncryption stand for PKCS#1 v1.5 with the
    /// digest algorithm's hash.
    /// </summary>
    public static AlgorithmIdentifier OfSigner(AlgorithmIdentifier signature, AlgorithmIdentifier digest) =>
        (signature.Oid, digest.Oid) switch
        {
            (Oids.RsaEncryption, Oids.Sha1) => AlgorithmIdentifier.WithNull(Oids.Sha1WithRsaEncryption),
            (Oids.RsaEncryption, Oids.Sha256) => AlgorithmIdentifier.WithNull(Oids.Sha256WithRsaEncryption),
            (Oids.RsaEncryption, Oids.Sha384) => AlgorithmIdentifier.WithNull(Oids.Sha384WithRsaEncryption),
            (Oids.RsaEncryption, Oids.Sha512) => AlgorithmIdentifier.WithNull(Oids.Sha512WithRsaEncryption),
            (Oids.RsaEncryption, Oids.Sha3_256) => AlgorithmIdentifier.WithNull(Oids.Sha3_256WithRsaEncryption),
            (Oids.RsaEncryption, Oids.Sha3_384) => AlgorithmIdentifier.WithNull(Oids.Sha3_384WithRsaEncryption),
            (Oids.RsaEncryption, Oids.Sha3_512) => AlgorithmIdentifier.WithNull(Oids.Sha3_512WithRsaEncryption),
            _ => signature,
        };

    /// <summary>RFC 5280 §6.1.4 (e): a key without parameters takes those of the key above it, if the algorithm is the same.</summary>
    public static SubjectPublicKeyInfo InheritParameters(SubjectPublicKeyInfo key, SubjectPublicKeyInfo above)
    {
        if (
            !key.Algorithm.HasAbsentOrNullParameters
            || key.Algorithm.Oid != above.Algorithm.Oid
            || above.Algorithm.HasAbsentOrNullParameters
        )
        {
            return key;
        }

        return SubjectPublicKeyInfo.Decode(
            Der.Encode(writer =>
            {
                using (writer.PushSequence())
                {
                    above.Algorithm.Encode(writer);
                    writer.WriteBitString(key.PublicKey.Span);
                }
            })
        );
    }

    private static bool VerifyRsa(
        SubjectPublicKeyInfo key,
        HashAlgorithmName hash,
        RSASignaturePadding padding,
        ReadOnlySpan<byte> digest,
        ReadOnlySpan<byte> signature
    )
    {
        using var rsa = RSA.Create();
        rsa.ImportRSAPublicKey(key.PublicKey.Span, out _);
        return rsa.VerifyHash(digest, signature, hash, padding);
    }

    /// <summary>Only the common form is known: one hash throughout, salt as long as the hash.</summary>
    private static HashAlgorithmName? PssHash(AlgorithmIdentifier algorithm)
    {
        if (algorithm.Parameters is not { } parameters)
        {
            return null;
        }

        try
        {
            return Der.Decode<HashAlgorithmName?>(
                parameters,
                "RFC 4055 §3.1",
                reader =>
                {
                    var sequence = reader.ReadSequence();
                    var hash = ReadExplicit(sequence, 0, r => AlgorithmIdentifier.Decode(r).Oid) ?? Oids.Sha1;
                    var mask = ReadExplicit(sequence, 1, AlgorithmIdentifier.Decode);
                    var salt = ReadExplicit(sequence, 2, r => r.TryReadInt32(out var length) ? (int?)length : null) ?? 20;
                    _ = ReadExplicit(sequence, 3, r => r.ReadEncodedValue().ToArray());
                    sequence.ThrowIfNotEmpty();
                    var maskHash =
                        mask is null ? Oids.Sha1
                        : mask.Oid == Oids.Mgf1 && mask.Parameters is { } inner
                            ? Der.Decode(inner, "RFC 4055 §2.2", AlgorithmIdentifier.Decode).Oid
                        : null;
                    var name = HashAlgorithms.FromOid(hash);
                    return name is { } known && maskHash == hash && salt == HashAlgorithms.DigestLength(known) ? known : null;
                }
            );
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private static T? ReadExplicit<T>(AsnReader sequence, int number, Func<AsnReader, T?> read)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true);
        if (!sequence.HasData || !sequence.PeekTag().HasSameClassAndValue(tag))
        {
            return default;
        }

        var wrapper = sequence.ReadSequence(tag);
        var value = read(wrapper);
        wrapper.ThrowIfNotEmpty();
        return value;
    }
}
