using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;

namespace EContract.Pki;

/// <summary>A signature scheme with its hash, and how it is written into certificates and CMS.</summary>
public sealed class SignatureAlgorithm : IEquatable<SignatureAlgorithm>
{
    private static readonly HashAlgorithmName[] Hashes = [HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512];

    private static readonly SignatureAlgorithm[] All =
    [
        .. from kind in Enum.GetValues<SignatureKind>() from hash in Hashes select new SignatureAlgorithm(kind, hash),
    ];

    private SignatureAlgorithm(SignatureKind kind, HashAlgorithmName hash)
    {
        Kind = kind;
        Hash = hash;
        Identifier = kind switch
        {
            // RFC 4055 §5: the parameters MUST be NULL
            SignatureKind.RsaPkcs1 => AlgorithmIdentifier.WithNull(
                hash == HashAlgorithmName.SHA256 ? Oids.Sha256WithRsaEncryption
                : hash == HashAlgorithmName.SHA384 ? Oids.Sha384WithRsaEncryption
                : Oids.Sha512WithRsaEncryption
            ),
            SignatureKind.RsaPss => new AlgorithmIdentifier(Oids.RsassaPss, PssParameters(hash)),
            // RFC 5758 §3.2: the parameters MUST be absent
            _ => new AlgorithmIdentifier(
                hash == HashAlgorithmName.SHA256 ? Oids.EcdsaWithSha256
                : hash == HashAlgorithmName.SHA384 ? Oids.EcdsaWithSha384
                : Oids.EcdsaWithSha512
            ),
        };
    }

    public SignatureKind Kind { get; }

    public HashAlgorithmName Hash { get; }

    /// <summary>signatureAlgorithm of certificates, CRLs, OCSP responses and SignerInfo.</summary>
    public AlgorithmIdentifier Identifier { get; }

    /// <param name="hash">SHA-256, SHA-384 or SHA-512.</param>
    public static SignatureAlgorithm Get(SignatureKind kind, HashAlgorithmName hash) =>
        Array.Find(All, a => a.Kind == kind && a.Hash == hash)
        ?? throw new ArgumentOutOfRangeException(nameof(hash), hash.Name, "Signatures are made with SHA-256, SHA-384 or SHA-512.");

    /// <summary>The algorithm that an identifier names; null when it is not one that is made here (compare encodings exactly).</summary>
    public static SignatureAlgorithm? Find(AlgorithmIdentifier identifier) => Array.Find(All, a => a.Identifier.Equals(identifier));

    public bool Equals(SignatureAlgorithm? other) => other is not null && Kind == other.Kind && Hash == other.Hash;

    public override bool Equals(object? obj) => Equals(obj as SignatureAlgorithm);

    public override int GetHashCode() => HashCode.Combine(Kind, Hash);

    public override string ToString() => $"{Kind} {Hash.Name}";

    /// <remarks>
    /// RFC 4055 §3.1
    /// <code>
    /// RSASSA-PSS-params ::= SEQUENCE {
    ///   hashAlgorithm     [0] HashAlgorithm DEFAULT sha1Identifier,
    ///   maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
    ///   saltLength        [2] INTEGER DEFAULT 20,
    ///   trailerField      [3] INTEGER DEFAULT 1 }
    /// </code>
    /// </remarks>
    private static byte[] PssParameters(HashAlgorithmName hash)
    {
        // RFC 4055 §2.1: NULL parameters for the hash inside PSS parameters
        var digest = AlgorithmIdentifier.WithNull(HashAlgorithms.ToOid(hash));
        return Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence(Context(0)))
                {
                    digest.Encode(writer);
                }

                using (writer.PushSequence(Context(1)))
                {
                    new AlgorithmIdentifier(Oids.Mgf1, Der.Encode(digest.Encode)).Encode(writer);
                }

                using (writer.PushSequence(Context(2)))
                {
                    writer.WriteInteger(HashAlgorithms.DigestLength(hash));
                }
            }
        });
    }

    private static Asn1Tag Context(int tag) => new(TagClass.ContextSpecific, tag, isConstructed: true);
}
