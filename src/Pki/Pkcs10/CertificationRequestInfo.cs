using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Pkcs10;

/// <summary>What an applicant signs with the new key. Of the attributes only extensionRequest is understood; the rest is kept out of the certificate anyway.</summary>
/// <remarks>
/// RFC 2986 §4.1:
/// <code>
/// CertificationRequestInfo ::= SEQUENCE {
///   version       INTEGER { v1(0) },
///   subject       Name,
///   subjectPKInfo SubjectPublicKeyInfo,
///   attributes    [0] IMPLICIT SET OF Attribute }
/// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET SIZE (1..MAX) OF ANY }
/// </code>
/// </remarks>
public sealed record CertificationRequestInfo(
    DistinguishedName Subject,
    SubjectPublicKeyInfo SubjectPublicKeyInfo,
    IReadOnlyList<Extension> RequestedExtensions
)
{
    private const string Clause = "RFC 2986 §4.1";
    private static readonly Asn1Tag AttributesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>The exact bytes to sign with the new key: its proof of possession.</summary>
    public PreparedRequest Prepare(SignatureAlgorithm algorithm) => new(algorithm.Identifier, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            Subject.Encode(writer);
            SubjectPublicKeyInfo.Encode(writer);
            using (writer.PushSetOf(AttributesTag))
            {
                if (RequestedExtensions.Count > 0)
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(Oids.ExtensionRequest);
                        using (writer.PushSetOf())
                        {
                            ExtensionList.Encode(writer, RequestedExtensions);
                        }
                    }
                }
            }
        }
    }

    public static CertificationRequestInfo Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                if (!sequence.TryReadInt32(out var version) || version != 0)
                {
                    throw new MalformedException(Clause, "version is not v1");
                }

                var subject = DistinguishedName.Decode(sequence);
                var key = SubjectPublicKeyInfo.Decode(sequence);
                var extensions = ReadExtensions(sequence.ReadSetOf(AttributesTag));
                sequence.ThrowIfNotEmpty();
                return new CertificationRequestInfo(subject, key, extensions);
            }
        );

    private static IReadOnlyList<Extension> ReadExtensions(AsnReader attributes)
    {
        IReadOnlyList<Extension> extensions = [];
        while (attributes.HasData)
        {
            var attribute = attributes.ReadSequence();
            var type = attribute.ReadObjectIdentifier();
            var values = attribute.ReadSetOf();
            attribute.ThrowIfNotEmpty();
            if (!values.HasData)
            {
                throw new MalformedException(Clause, "an attribute without values");
            }

            if (type == Oids.ExtensionRequest)
            {
                extensions = ExtensionList.Decode(values, "RFC 2985 §5.4.2");
                values.ThrowIfNotEmpty();
            }
        }

        return extensions;
    }
}
