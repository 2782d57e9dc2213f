using System.Security.Cryptography;

namespace EContract.Pki;

/// <summary>Names, identifiers and lengths of hash algorithms.</summary>
public static class HashAlgorithms
{
    /// <summary>The name for an object identifier; null when it is not a hash algorithm known here.</summary>
    public static HashAlgorithmName? FromOid(string oid) =>
        oid switch
        {
            Oids.Sha256 => HashAlgorithmName.SHA256,
            Oids.Sha384 => HashAlgorithmName.SHA384,
            Oids.Sha512 => HashAlgorithmName.SHA512,
            Oids.Sha3_256 => HashAlgorithmName.SHA3_256,
            Oids.Sha3_384 => HashAlgorithmName.SHA3_384,
            Oids.Sha3_512 => HashAlgorithmName.SHA3_512,
            Oids.Sha1 => HashAlgorithmName.SHA1,
            Oids.Md5 => HashAlgorithmName.MD5,
            _ => null,
        };

    public static string ToOid(HashAlgorithmName hash) =>
        hash.Name switch
        {
            "SHA256" => Oids.Sha256,
            "SHA384" => Oids.Sha384,
            "SHA512" => Oids.Sha512,
            "SHA3-256" => Oids.Sha3_256,
            "SHA3-384" => Oids.Sha3_384,
            "SHA3-512" => Oids.Sha3_512,
            "SHA1" => Oids.Sha1,
            "MD5" => Oids.Md5,
            _ => throw new ArgumentOutOfRangeException(nameof(hash), hash.Name, "Not a known hash algorithm."),
        };

    /// <summary>The length of a digest, in octets.</summary>
    public static int DigestLength(HashAlgorithmName hash) =>
        hash.Name switch
        {
            "SHA256" or "SHA3-256" => 32,
            "SHA384" or "SHA3-384" => 48,
            "SHA512" or "SHA3-512" => 64,
            "SHA1" => 20,
            "MD5" => 16,
            _ => throw new ArgumentOutOfRangeException(nameof(hash), hash.Name, "Not a known hash algorithm."),
        };

    /// <summary>Whether the platform computes it: SHA-3 is missing on older ones.</summary>
    public static bool IsSupported(HashAlgorithmName hash) =>
        hash.Name switch
        {
            "SHA3-256" => SHA3_256.IsSupported,
            "SHA3-384" => SHA3_384.IsSupported,
            "SHA3-512" => SHA3_512.IsSupported,
            _ => true,
        };

    /// <summary>RFC 5754 §2: parameters of SHA-2 are absent when generated (a receiver accepts NULL too).</summary>
    public static AlgorithmIdentifier Identifier(HashAlgorithmName hash) => new(ToOid(hash));
}
