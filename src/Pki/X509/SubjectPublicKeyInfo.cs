using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509;

/// <summary>A public key as certificates carry it. Keeps its encoding; RSA, P-256 and P-384 can verify.</summary>
/// <remarks>
/// RFC 5280 §4.1:
/// <code>
/// SubjectPublicKeyInfo ::= SEQUENCE {
///   algorithm         AlgorithmIdentifier,
///   subjectPublicKey  BIT STRING }
/// </code>
/// </remarks>
public sealed class SubjectPublicKeyInfo : IEquatable<SubjectPublicKeyInfo>
{
    private const string Clause = "RFC 5280 §4.1.2.7";

    private SubjectPublicKeyInfo(ReadOnlyMemory<byte> encoded, AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> publicKey)
    {
        Encoded = encoded;
        Algorithm = algorithm;
        PublicKey = publicKey;
    }

    public ReadOnlyMemory<byte> Encoded { get; }

    public AlgorithmIdentifier Algorithm { get; }

    /// <summary>The content of the BIT STRING without the unused-bits octet: what OCSP's issuerKeyHash and key identifiers hash.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>RFC 7093 §2 method 1: the leftmost 160 bits of the SHA-256 of the key, so that no SHA-1 is needed.</summary>
    public byte[] ComputeKeyIdentifier() => SHA256.HashData(PublicKey.Span)[..20];

    /// <summary>"RSA-3072", "P-256", "P-384", or the algorithm's OID if it is none of these.</summary>
    public string Describe()
    {
        if (Algorithm.Oid == Oids.RsaEncryption)
        {
            return TryReadRsa(out var modulusBits, out _) ? $"RSA-{modulusBits}" : "RSA";
        }

        return NamedCurve switch
        {
            Oids.Secp256r1 => "P-256",
            Oids.Secp384r1 => "P-384",
            { } curve => curve,
            null => Algorithm.Oid,
        };
    }

    /// <summary>The OID of the curve of an EC key in namedCurve form (RFC 5480 §2.1.1), else null.</summary>
    public string? NamedCurve
    {
        get
        {
            if (Algorithm.Oid != Oids.EcPublicKey || Algorithm.Parameters is not { } parameters)
            {
                return null;
            }

            try
            {
                return AsnDecoder.ReadObjectIdentifier(parameters.Span, AsnEncodingRules.DER, out _);
            }
            catch (AsnContentException)
            {
                return null;
            }
        }
    }

    /// <summary>Bits of the modulus and the public exponent (RFC 8017 §A.1.1); false if this is no well-formed RSA key.</summary>
    public bool TryReadRsa(out int modulusBits, out ReadOnlyMemory<byte> exponent)
    {
        modulusBits = 0;
        exponent = default;
        if (Algorithm.Oid != Oids.RsaEncryption)
        {
            return false;
        }

        try
        {
            var sequence = new AsnReader(PublicKey, AsnEncodingRules.DER).ReadSequence();
            var modulus = sequence.ReadInteger();
            exponent = sequence.ReadIntegerBytes();
            modulusBits = modulus.Sign > 0 ? (int)modulus.GetBitLength() : 0;
            return modulus.Sign > 0 && !sequence.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>True if the signature over <paramref name="data"/> is this key's. A key or signature that can't be read is false, too.</summary>
    public bool Verify(AlgorithmIdentifier signatureAlgorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (SignatureAlgorithm.Find(signatureAlgorithm) is not { } algorithm)
        {
            return false;
        }

        try
        {
            if (algorithm.Kind == SignatureKind.Ecdsa)
            {
                using var ecdsa = ECDsa.Create();
                ecdsa.ImportSubjectPublicKeyInfo(Encoded.Span, out _);
                return ecdsa.VerifyData(data, signature, algorithm.Hash, DSASignatureFormat.Rfc3279DerSequence);
            }

            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(Encoded.Span, out _);
            var padding = algorithm.Kind == SignatureKind.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
            return rsa.VerifyData(data, signature, algorithm.Hash, padding);
        }
        // PlatformNotSupportedException: a curve that the platform doesn't have.
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    public static SubjectPublicKeyInfo Decode(ReadOnlyMemory<byte> encoded) => Der.Decode(encoded, Clause, Decode);

    public static SubjectPublicKeyInfo Decode(AsnReader reader)
    {
        var encoded = reader.PeekEncodedValue();
        var sequence = reader.ReadSequence();
        var algorithm = AlgorithmIdentifier.Decode(sequence);
        var key = sequence.ReadBitString(out var unused);
        sequence.ThrowIfNotEmpty();
        return unused == 0 ? new(encoded, algorithm, key) : throw new MalformedException(Clause, "subjectPublicKey has unused bits");
    }

    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    public bool Equals(SubjectPublicKeyInfo? other) => other is not null && Encoded.Span.SequenceEqual(other.Encoded.Span);

    public override bool Equals(object? obj) => Equals(obj as SubjectPublicKeyInfo);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Encoded.Span);
        return hash.ToHashCode();
    }
}
