using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>Names a certificate by its issuer's name and key hashes and its serial number. Echoed in answers exactly as it came.</summary>
/// <remarks>
/// RFC 6960 §4.1.1:
/// <code>
/// CertID ::= SEQUENCE {
///   hashAlgorithm   AlgorithmIdentifier,
///   issuerNameHash  OCTET STRING,  -- hash of issuer's DN
///   issuerKeyHash   OCTET STRING,  -- hash of issuer's public key
///   serialNumber    CertificateSerialNumber }
/// </code>
/// </remarks>
public sealed record CertId(
    AlgorithmIdentifier HashAlgorithm,
    ReadOnlyMemory<byte> IssuerNameHash,
    ReadOnlyMemory<byte> IssuerKeyHash,
    SerialNumber SerialNumber
)
{
    /// <summary>For a certificate of <paramref name="issuer"/>. SHA-1 is what most clients send (RFC 5019 §2.1.1): it names, it does not protect.</summary>
    public static CertId For(Certificate issuer, SerialNumber serial, HashAlgorithmName hash)
    {
        var algorithm = hash == HashAlgorithmName.SHA1 ? AlgorithmIdentifier.WithNull(Oids.Sha1) : HashAlgorithms.Identifier(hash);
        return new(
            algorithm,
            CryptographicOperations.HashData(hash, issuer.Tbs.Subject.Encoded.Span),
            CryptographicOperations.HashData(hash, issuer.Tbs.SubjectPublicKeyInfo.PublicKey.Span),
            serial
        );
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            HashAlgorithm.Encode(writer);
            writer.WriteOctetString(IssuerNameHash.Span);
            writer.WriteOctetString(IssuerKeyHash.Span);
            SerialNumber.Encode(writer);
        }
    }

    public static CertId Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var id = new CertId(
            AlgorithmIdentifier.Decode(sequence),
            sequence.ReadOctetString(),
            sequence.ReadOctetString(),
            SerialNumber.Decode(sequence)
        );
        sequence.ThrowIfNotEmpty();
        return id;
    }

    public bool Equals(CertId? other) =>
        other is not null
        && HashAlgorithm.Equals(other.HashAlgorithm)
        && IssuerNameHash.Span.SequenceEqual(other.IssuerNameHash.Span)
        && IssuerKeyHash.Span.SequenceEqual(other.IssuerKeyHash.Span)
        && SerialNumber.Equals(other.SerialNumber);

    public override int GetHashCode() => SerialNumber.GetHashCode();
}
