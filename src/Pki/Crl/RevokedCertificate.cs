using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Crl;

/// <summary>One entry of a CRL.</summary>
/// <remarks>
/// RFC 5280 §5.1, §5.3:
/// <code>
/// SEQUENCE {
///   userCertificate     CertificateSerialNumber,
///   revocationDate      Time,
///   crlEntryExtensions  Extensions OPTIONAL }   -- reasonCode ENUMERATED, invalidityDate GeneralizedTime
/// </code>
/// </remarks>
public sealed record RevokedCertificate(
    SerialNumber SerialNumber,
    DateTimeOffset RevocationDate,
    CrlReason Reason = CrlReason.Unspecified,
    DateTimeOffset? InvalidityDate = null
)
{
    /// <summary>Entry extensions as read; empty in a value that is to be written.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            SerialNumber.Encode(writer);
            CertificateTime.Encode(writer, RevocationDate);
            // RFC 5280 §5.3.1: reasonCode unspecified SHOULD be absent rather than encoded.
            if (Reason == CrlReason.Unspecified && InvalidityDate is null)
            {
                return;
            }

            using (writer.PushSequence())
            {
                if (Reason != CrlReason.Unspecified)
                {
                    new Extension(Oids.CrlReasonCode, false, EncodeReason(Reason)).Encode(writer);
                }

                if (InvalidityDate is { } date)
                {
                    new Extension(Oids.InvalidityDate, false, Der.Encode(w => CertificateTime.EncodeGeneralized(w, date))).Encode(writer);
                }
            }
        }
    }

    internal static byte[] EncodeReason(CrlReason reason) => [0x0A, 0x01, (byte)reason];

    public static RevokedCertificate Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var serial = SerialNumber.Decode(sequence);
        var date = CertificateTime.Decode(sequence);
        IReadOnlyList<Extension> extensions = sequence.HasData ? ExtensionList.Decode(sequence, "RFC 5280 §5.3") : [];
        sequence.ThrowIfNotEmpty();
        return new(serial, date, DecodeReason(extensions), DecodeInvalidityDate(extensions)) { Extensions = extensions };
    }

    private static CrlReason DecodeReason(IReadOnlyList<Extension> extensions) =>
        extensions.Find(Oids.CrlReasonCode) is { } reason
            ? Der.Decode(reason.Value, "RFC 5280 §5.3.1", r => ToReason(r.ReadEnumeratedBytes().Span))
            : CrlReason.Unspecified;

    internal static CrlReason ToReason(ReadOnlySpan<byte> enumerated) =>
        enumerated is [var value] && Enum.IsDefined((CrlReason)value)
            ? (CrlReason)value
            : throw new MalformedException("RFC 5280 §5.3.1", "not a CRLReason");

    private static DateTimeOffset? DecodeInvalidityDate(IReadOnlyList<Extension> extensions) =>
        extensions.Find(Oids.InvalidityDate) is { } date
            ? Der.Decode(date.Value, "RFC 5280 §5.3.2", CertificateTime.DecodeGeneralized)
            : null;
}
