using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509;

/// <summary>What a CA is about to sign: a version 3 certificate without its signature.</summary>
/// <remarks>
/// RFC 5280 §4.1:
/// <code>
/// TBSCertificate ::= SEQUENCE {
///   version         [0]  Version DEFAULT v1,
///   serialNumber         CertificateSerialNumber,
///   signature            AlgorithmIdentifier,
///   issuer               Name,
///   validity             Validity,          -- SEQUENCE { notBefore Time, notAfter Time }
///   subject              Name,
///   subjectPublicKeyInfo SubjectPublicKeyInfo,
///   issuerUniqueID  [1]  IMPLICIT UniqueIdentifier OPTIONAL,
///   subjectUniqueID [2]  IMPLICIT UniqueIdentifier OPTIONAL,
///   extensions      [3]  Extensions OPTIONAL }
/// </code>
/// </remarks>
public sealed record TbsCertificate
{
    private const string Clause = "RFC 5280 §4.1";
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag IssuerUniqueIdTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag SubjectUniqueIdTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>1, 2 or 3.</summary>
    public int Version { get; init; } = 3;

    public required SerialNumber SerialNumber { get; init; }

    public required AlgorithmIdentifier Signature { get; init; }

    public required DistinguishedName Issuer { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required DistinguishedName Subject { get; init; }

    public required SubjectPublicKeyInfo SubjectPublicKeyInfo { get; init; }

    /// <summary>The whole encoding with its tag: met in old certificates only.</summary>
    public ReadOnlyMemory<byte>? IssuerUniqueId { get; init; }

    /// <summary>The whole encoding with its tag: met in old certificates only.</summary>
    public ReadOnlyMemory<byte>? SubjectUniqueId { get; init; }

    /// <summary>Empty if absent.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];

    /// <summary>The exact bytes that the issuer signs, once.</summary>
    public PreparedCertificate Prepare() => new(Signature, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (Version > 1)
            {
                using (writer.PushSequence(VersionTag))
                {
                    writer.WriteInteger(Version - 1);
                }
            }

            SerialNumber.Encode(writer);
            Signature.Encode(writer);
            Issuer.Encode(writer);
            using (writer.PushSequence())
            {
                CertificateTime.Encode(writer, NotBefore);
                CertificateTime.Encode(writer, NotAfter);
            }

            Subject.Encode(writer);
            SubjectPublicKeyInfo.Encode(writer);
            if (IssuerUniqueId is { } issuerId)
            {
                writer.WriteEncodedValue(issuerId.Span);
            }

            if (SubjectUniqueId is { } subjectId)
            {
                writer.WriteEncodedValue(subjectId.Span);
            }

            if (Extensions.Count > 0)
            {
                using (writer.PushSequence(ExtensionsTag))
                {
                    ExtensionList.Encode(writer, Extensions);
                }
            }
        }
    }

    public static TbsCertificate Decode(ReadOnlyMemory<byte> encoded) => Der.Decode(encoded, Clause, Decode);

    public static TbsCertificate Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var version = 1;
        if (sequence.PeekTag().HasSameClassAndValue(VersionTag))
        {
            var explicitVersion = sequence.ReadSequence(VersionTag);
            if (!explicitVersion.TryReadInt32(out version) || version is not (1 or 2))
            {
                // X.690 §11.5: version v1 is the default, so DER never encodes it.
                throw new MalformedException("RFC 5280 §4.1.2.1", "version is neither v2 nor v3");
            }

            explicitVersion.ThrowIfNotEmpty();
            version++;
        }

        var serial = SerialNumber.Decode(sequence);
        var signature = AlgorithmIdentifier.Decode(sequence);
        var issuer = DistinguishedName.Decode(sequence);
        var validity = sequence.ReadSequence();
        var notBefore = CertificateTime.Decode(validity);
        var notAfter = CertificateTime.Decode(validity);
        validity.ThrowIfNotEmpty();
        var tbs = new TbsCertificate
        {
            Version = version,
            SerialNumber = serial,
            Signature = signature,
            Issuer = issuer,
            NotBefore = notBefore,
            NotAfter = notAfter,
            Subject = DistinguishedName.Decode(sequence),
            SubjectPublicKeyInfo = SubjectPublicKeyInfo.Decode(sequence),
            IssuerUniqueId = ReadUniqueId(sequence, IssuerUniqueIdTag, version),
            SubjectUniqueId = ReadUniqueId(sequence, SubjectUniqueIdTag, version),
            Extensions = ReadExtensions(sequence, version),
        };
        sequence.ThrowIfNotEmpty();
        return tbs;
    }

    private static ReadOnlyMemory<byte>? ReadUniqueId(AsnReader sequence, Asn1Tag tag, int version)
    {
        if (!sequence.HasData || !sequence.PeekTag().HasSameClassAndValue(tag))
        {
            return null;
        }

        var encoded = sequence.PeekEncodedValue();
        sequence.ReadBitString(out _, tag);
        return version >= 2 ? encoded : throw new MalformedException("RFC 5280 §4.1.2.8", "a unique identifier in a v1 certificate");
    }

    private static IReadOnlyList<Extension> ReadExtensions(AsnReader sequence, int version)
    {
        if (!sequence.HasData)
        {
            return [];
        }

        var wrapper = sequence.ReadSequence(ExtensionsTag);
        var extensions = ExtensionList.Decode(wrapper, "RFC 5280 §4.2");
        wrapper.ThrowIfNotEmpty();
        return version == 3 ? extensions : throw new MalformedException("RFC 5280 §4.1.2.9", "extensions in a certificate that is not v3");
    }
}
