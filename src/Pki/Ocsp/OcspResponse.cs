using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.Ocsp;

/// <summary>An answer of a responder: a refusal, or a basic response.</summary>
/// <remarks>
/// RFC 6960 §4.2.1:
/// <code>
/// OCSPResponse ::= SEQUENCE {
///   responseStatus     OCSPResponseStatus,
///   responseBytes  [0] EXPLICIT ResponseBytes OPTIONAL }
/// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
/// </code>
/// </remarks>
public sealed record OcspResponse(OcspResponseStatus ResponseStatus, BasicOcspResponse? Basic)
{
    private const string Clause = "RFC 6960 §4.2.1";
    private static readonly Asn1Tag BytesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>The bytes of an unsigned refusal.</summary>
    public static byte[] Refuse(OcspResponseStatus status) => [0x30, 0x03, 0x0A, 0x01, (byte)status];

    public static OcspResponse Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var status =
                    sequence.ReadEnumeratedBytes().Span is [var value] && Enum.IsDefined((OcspResponseStatus)value)
                        ? (OcspResponseStatus)value
                        : throw new MalformedException(Clause, "not an OCSPResponseStatus");
                BasicOcspResponse? basic = null;
                if (sequence.HasData)
                {
                    var wrapper = sequence.ReadSequence(BytesTag);
                    var bytes = wrapper.ReadSequence();
                    wrapper.ThrowIfNotEmpty();
                    if (bytes.ReadObjectIdentifier() != Oids.OcspBasic)
                    {
                        throw new MalformedException(Clause, "responseType is not id-pkix-ocsp-basic");
                    }

                    basic = BasicOcspResponse.Decode(bytes.ReadOctetString());
                    bytes.ThrowIfNotEmpty();
                }

                sequence.ThrowIfNotEmpty();
                return (status == OcspResponseStatus.Successful) == (basic is not null)
                    ? new OcspResponse(status, basic)
                    : throw new MalformedException(Clause, "responseBytes must be there exactly when the status is successful");
            }
        );
}
