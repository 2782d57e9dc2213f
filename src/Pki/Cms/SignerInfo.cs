using System.Formats.Asn1;

namespace EContract.Pki.Cms;

/// <summary>One signature of a <see cref="SignedData"/>.</summary>
/// <remarks>
/// RFC 5652 §5.3
/// <code>
/// SignerInfo ::= SEQUENCE {
///   version             CMSVersion,
///   sid                 SignerIdentifier,
///   digestAlgorithm     DigestAlgorithmIdentifier,
///   signedAttrs         [0] IMPLICIT SignedAttributes OPTIONAL,
///   signatureAlgorithm  SignatureAlgorithmIdentifier,
///   signature           SignatureValue,
///   unsignedAttrs       [1] IMPLICIT UnsignedAttributes OPTIONAL }
/// SignerIdentifier ::= CHOICE {
///   issuerAndSerialNumber  IssuerAndSerialNumber,
///   subjectKeyIdentifier   [0] SubjectKeyIdentifier }
/// </code>
/// </remarks>
public sealed record SignerInfo
{
    private static readonly Asn1Tag SignedAttributesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag UnsignedAttributesTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>1 with issuerAndSerialNumber, 3 with subjectKeyIdentifier.</summary>
    public required int Version { get; init; }

    /// <summary>The whole encoding of SignerIdentifier.</summary>
    public required ReadOnlyMemory<byte> Sid { get; init; }

    public required AlgorithmIdentifier DigestAlgorithm { get; init; }

    /// <summary>As received, with the tag [0]; null when absent.</summary>
    public ReadOnlyMemory<byte>? SignedAttributes { get; init; }

    public required AlgorithmIdentifier SignatureAlgorithm { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    public IReadOnlyList<CmsAttribute> UnsignedAttributes { get; init; } = [];

    /// <summary>
    /// RFC 5652 §5.4: what is digested for the signature is the SET OF with its universal tag, not the [0] that is sent. Else as
    /// received. Null when there are no signed attributes.
    /// </summary>
    public byte[]? SignedAttributesToBeSigned
    {
        get
        {
            if (SignedAttributes is not { } received)
            {
                return null;
            }

            byte[] bytes = received.ToArray();
            bytes[0] = 0x31;
            return bytes;
        }
    }

    /// <exception cref="MalformedException">The attributes are not a SET OF Attribute.</exception>
    public IReadOnlyList<CmsAttribute> DecodeSignedAttributes() =>
        SignedAttributes is { } received
            ? Asn1.Der.Decode(received, "RFC 5652 §5.3", reader => ReadAttributes(reader, SignedAttributesTag), AsnEncodingRules.BER)
            : [];

    public static SignerInfo Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        if (!sequence.TryReadInt32(out int version))
        {
            throw new MalformedException("RFC 5652 §5.3", "version is out of range.");
        }

        ReadOnlyMemory<byte> sid = sequence.ReadEncodedValue();
        var digestAlgorithm = AlgorithmIdentifier.Decode(sequence);
        ReadOnlyMemory<byte>? signed = null;
        if (sequence.PeekTag().HasSameClassAndValue(SignedAttributesTag))
        {
            signed = sequence.ReadEncodedValue();
        }

        var signatureAlgorithm = AlgorithmIdentifier.Decode(sequence);
        byte[] signature = sequence.ReadOctetString();
        IReadOnlyList<CmsAttribute> unsigned = sequence.HasData ? ReadAttributes(sequence, UnsignedAttributesTag) : [];
        sequence.ThrowIfNotEmpty();
        return new SignerInfo
        {
            Version = version,
            Sid = sid,
            DigestAlgorithm = digestAlgorithm,
            SignedAttributes = signed,
            SignatureAlgorithm = signatureAlgorithm,
            Signature = signature,
            UnsignedAttributes = unsigned,
        };
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version);
            writer.WriteEncodedValue(Sid.Span);
            DigestAlgorithm.Encode(writer);
            if (SignedAttributes is { } signed)
            {
                writer.WriteEncodedValue(signed.Span);
            }

            SignatureAlgorithm.Encode(writer);
            writer.WriteOctetString(Signature.Span);
            if (UnsignedAttributes.Count > 0)
            {
                using (writer.PushSetOf(UnsignedAttributesTag))
                {
                    foreach (CmsAttribute attribute in UnsignedAttributes)
                    {
                        attribute.Encode(writer);
                    }
                }
            }
        }
    }

    private static List<CmsAttribute> ReadAttributes(AsnReader reader, Asn1Tag tag)
    {
        AsnReader set = reader.ReadSetOf(skipSortOrderValidation: true, tag);
        var attributes = new List<CmsAttribute>();
        while (set.HasData)
        {
            attributes.Add(CmsAttribute.Decode(set));
        }

        return attributes;
    }
}
