using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Which key of the issuer signed.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.1:
/// <code>
/// AuthorityKeyIdentifier ::= SEQUENCE {
///   keyIdentifier             [0] KeyIdentifier             OPTIONAL,
///   authorityCertIssuer       [1] GeneralNames              OPTIONAL,
///   authorityCertSerialNumber [2] CertificateSerialNumber   OPTIONAL }
/// </code>
/// </remarks>
public sealed record AuthorityKeyIdentifier(
    ReadOnlyMemory<byte>? KeyIdentifier,
    IReadOnlyList<GeneralName>? CertIssuer = null,
    SerialNumber? CertSerialNumber = null
)
{
    private const string Clause = "RFC 5280 §4.2.1.1";
    private static readonly Asn1Tag KeyTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag IssuerTag = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag SerialTag = new(TagClass.ContextSpecific, 2);

    /// <summary>Never critical.</summary>
    public Extension ToExtension() => new(Oids.AuthorityKeyIdentifier, false, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (KeyIdentifier is { } key)
            {
                writer.WriteOctetString(key.Span, KeyTag);
            }

            if (CertIssuer is { } names)
            {
                GeneralNames.Encode(writer, names, IssuerTag);
            }

            if (CertSerialNumber is { } serial)
            {
                writer.WriteInteger(serial.Content.Span, SerialTag);
            }
        }
    }

    public static AuthorityKeyIdentifier Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                ReadOnlyMemory<byte>? key = null;
                IReadOnlyList<GeneralName>? issuer = null;
                SerialNumber? serial = null;
                if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(KeyTag))
                {
                    key = sequence.ReadOctetString(KeyTag);
                }

                if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(IssuerTag))
                {
                    issuer = GeneralNames.Decode(sequence, Clause, IssuerTag);
                }

                if (sequence.HasData)
                {
                    serial = SerialNumber.FromContent(sequence.ReadIntegerBytes(SerialTag).Span);
                }

                sequence.ThrowIfNotEmpty();
                return (issuer is null) == (serial is null)
                    ? new AuthorityKeyIdentifier(key, issuer, serial)
                    : throw new MalformedException(Clause, "authorityCertIssuer and authorityCertSerialNumber must come together");
            }
        );
}
