using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.Tsp;

/// <summary>The answer to a <see cref="TimeStampReq"/>.</summary>
/// <remarks>
/// RFC 3161 §2.4.2
/// <code>
/// TimeStampResp ::= SEQUENCE {
///   status          PKIStatusInfo,
///   timeStampToken  TimeStampToken OPTIONAL }
/// </code>
/// </remarks>
/// <param name="TimeStampToken">The whole ContentInfo; null when the request was refused.</param>
public sealed record TimeStampResp(PkiStatusInfo Status, ReadOnlyMemory<byte>? TimeStampToken)
{
    /// <exception cref="MalformedException">Not a TimeStampResp, or status and token contradict each other.</exception>
    public static TimeStampResp Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            "RFC 3161 §2.4.2",
            static reader =>
            {
                AsnReader sequence = reader.ReadSequence();
                var status = PkiStatusInfo.Decode(sequence);
                ReadOnlyMemory<byte>? token = sequence.HasData ? sequence.ReadEncodedValue() : default(ReadOnlyMemory<byte>?);
                sequence.ThrowIfNotEmpty();
                // "When the status contains the value zero or one, a TimeStampToken MUST be present", else it MUST NOT
                bool granted = status.Status is PkiStatus.Granted or PkiStatus.GrantedWithMods;
                return granted == token.HasValue
                    ? new TimeStampResp(status, token)
                    : throw new MalformedException("RFC 3161 §2.4.2", "A token is present exactly when the status is granted.");
            },
            AsnEncodingRules.BER
        );

    public byte[] Encode() =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                Status.Encode(writer);
                if (TimeStampToken is { } token)
                {
                    writer.WriteEncodedValue(token.Span);
                }
            }
        });
}
