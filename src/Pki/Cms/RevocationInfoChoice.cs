using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.Cms;

/// <summary>Revocation data in a SignedData: a CRL as it is, anything else in a wrapper that names its kind.</summary>
/// <remarks>
/// RFC 5652 §10.2.1
/// <code>
/// RevocationInfoChoice ::= CHOICE {
///   crl    CertificateList,
///   other  [1] IMPLICIT OtherRevocationInfoFormat }
/// OtherRevocationInfoFormat ::= SEQUENCE {
///   otherRevInfoFormat  OBJECT IDENTIFIER,
///   otherRevInfo        ANY DEFINED BY otherRevInfoFormat }
/// </code>
/// RFC 5940 §2: id-ri-ocsp-response holds an OCSPResponse.
/// </remarks>
public static class RevocationInfoChoice
{
    private static readonly Asn1Tag OtherTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public static bool IsOther(ReadOnlyMemory<byte> choice) => !choice.IsEmpty && choice.Span[0] == 0xA1;

    /// <summary>A whole OCSPResponse as a choice.</summary>
    public static byte[] ForOcspResponse(ReadOnlyMemory<byte> ocspResponse) =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence(OtherTag))
            {
                writer.WriteObjectIdentifier(Oids.RevocationInfoOcspResponse);
                writer.WriteEncodedValue(ocspResponse.Span);
            }
        });

    /// <summary>The OCSPResponse in a choice; null when it is something else.</summary>
    /// <exception cref="MalformedException">The wrapper can't be read.</exception>
    public static ReadOnlyMemory<byte>? OcspResponseOf(ReadOnlyMemory<byte> choice)
    {
        if (!IsOther(choice))
        {
            return null;
        }

        return Der.Decode(
            choice,
            "RFC 5652 §10.2.1",
            reader =>
            {
                AsnReader other = reader.ReadSequence(OtherTag);
                string format = other.ReadObjectIdentifier();
                ReadOnlyMemory<byte> value = other.ReadEncodedValue();
                other.ThrowIfNotEmpty();
                return format switch
                {
                    Oids.RevocationInfoOcspResponse => value,
                    // Older signatures name the inner type and hold only that.
                    Oids.OcspBasic => WrapBasic(value),
                    _ => (ReadOnlyMemory<byte>?)null,
                };
            },
            AsnEncodingRules.BER
        );
    }

    /// <summary>A BasicOCSPResponse as the successful OCSPResponse that it came in (RFC 6960 §4.2.1).</summary>
    public static byte[] WrapBasic(ReadOnlyMemory<byte> basicOcspResponse) =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue([0x0A, 0x01, 0x00]); // responseStatus successful
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)))
                using (writer.PushSequence()) // ResponseBytes
                {
                    writer.WriteObjectIdentifier(Oids.OcspBasic);
                    writer.WriteOctetString(basicOcspResponse.Span);
                }
            }
        });
}
