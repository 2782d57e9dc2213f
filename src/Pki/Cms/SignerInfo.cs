using System.Buffers;
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

    // version to signature as received, each with tag and length. Nothing but UnsignedAttributes is changed by `with`.
    private ReadOnlyMemory<byte>[]? _received;

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

    /// <summary>
    /// The fields version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm and signature, one after the other with their tags and
    /// lengths and as received: what an archive-time-stamp-v3 covers of a SignerInfo (ETSI EN 319 122-1 §5.5.3).
    /// </summary>
    public byte[] EncodeSignedFields()
    {
        var octets = new ArrayBufferWriter<byte>();
        foreach (ReadOnlyMemory<byte> field in _received ?? Fields())
        {
            octets.Write(field.Span);
        }

        return octets.WrittenSpan.ToArray();
    }

    /// <exception cref="MalformedException">The attributes are not a SET OF Attribute.</exception>
    public IReadOnlyList<CmsAttribute> DecodeSignedAttributes() =>
        SignedAttributes is { } received
            ? Asn1.Der.Decode(received, "RFC 5652 §5.3", reader => ReadAttributes(reader, SignedAttributesTag), AsnEncodingRules.BER)
            : [];

    public static SignerInfo Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        var received = new List<ReadOnlyMemory<byte>>(6) { sequence.PeekEncodedValue() };
        if (!sequence.TryReadInt32(out int version))
        {
            throw new MalformedException("RFC 5652 §5.3", "version is out of range.");
        }

        ReadOnlyMemory<byte> sid = sequence.ReadEncodedValue();
        received.Add(sid);
        received.Add(sequence.PeekEncodedValue());
        var digestAlgorithm = AlgorithmIdentifier.Decode(sequence);
        ReadOnlyMemory<byte>? signed = null;
        if (sequence.PeekTag().HasSameClassAndValue(SignedAttributesTag))
        {
            received.Add(sequence.PeekEncodedValue());
            signed = sequence.ReadEncodedValue();
        }

        received.Add(sequence.PeekEncodedValue());
        var signatureAlgorithm = AlgorithmIdentifier.Decode(sequence);
        received.Add(sequence.PeekEncodedValue());
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
            _received = [.. received],
        };
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            // As received where that can stand in DER: an archive time-stamp may cover these octets.
            foreach (ReadOnlyMemory<byte> field in _received is { } received && received.All(IsDefinite) ? received : Fields())
            {
                writer.WriteEncodedValue(field.Span);
            }

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

    /// <summary>version to signature in DER.</summary>
    private ReadOnlyMemory<byte>[] Fields()
    {
        var fields = new List<ReadOnlyMemory<byte>>(6)
        {
            Asn1.Der.Encode(writer => writer.WriteInteger(Version)),
            Sid,
            Asn1.Der.Encode(DigestAlgorithm.Encode),
        };
        if (SignedAttributes is { } signed)
        {
            fields.Add(signed);
        }

        fields.Add(Asn1.Der.Encode(SignatureAlgorithm.Encode));
        fields.Add(Asn1.Der.Encode(writer => writer.WriteOctetString(Signature.Span)));
        return [.. fields];
    }

    private static bool IsDefinite(ReadOnlyMemory<byte> field) =>
        AsnDecoder.TryReadEncodedValue(field.Span, AsnEncodingRules.DER, out _, out _, out _, out _);

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
