using System.Formats.Asn1;
using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>good, revoked (with when and why) or unknown.</summary>
/// <remarks>
/// RFC 6960 §4.2.1:
/// <code>
/// CertStatus ::= CHOICE {
///   good    [0] IMPLICIT NULL,
///   revoked [1] IMPLICIT RevokedInfo,
///   unknown [2] IMPLICIT UnknownInfo }   -- NULL
/// RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }
/// </code>
/// </remarks>
public sealed record CertStatus
{
    private static readonly Asn1Tag GoodTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag RevokedTag = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag UnknownTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag ReasonTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    private CertStatus(CertStatusKind kind) => Kind = kind;

    public static CertStatus Good { get; } = new(CertStatusKind.Good);

    public static CertStatus Unknown { get; } = new(CertStatusKind.Unknown);

    public CertStatusKind Kind { get; }

    public DateTimeOffset? RevocationTime { get; private init; }

    /// <summary>Null if absent.</summary>
    public CrlReason? Reason { get; private init; }

    public static CertStatus Revoked(DateTimeOffset time, CrlReason? reason) =>
        new(CertStatusKind.Revoked) { RevocationTime = time, Reason = reason };

    public void Encode(AsnWriter writer)
    {
        switch (Kind)
        {
            case CertStatusKind.Good:
                writer.WriteNull(GoodTag);
                break;
            case CertStatusKind.Unknown:
                writer.WriteNull(UnknownTag);
                break;
            default:
                using (writer.PushSequence(RevokedTag))
                {
                    CertificateTime.EncodeGeneralized(writer, RevocationTime!.Value);
                    // As in CRLs, unspecified is left out.
                    if (Reason is { } reason and not CrlReason.Unspecified)
                    {
                        using (writer.PushSequence(ReasonTag))
                        {
                            writer.WriteEncodedValue(RevokedCertificate.EncodeReason(reason));
                        }
                    }
                }

                break;
        }
    }

    public static CertStatus Decode(AsnReader reader)
    {
        var tag = reader.PeekTag();
        if (tag.HasSameClassAndValue(GoodTag))
        {
            reader.ReadNull(GoodTag);
            return Good;
        }

        if (tag.HasSameClassAndValue(UnknownTag))
        {
            reader.ReadNull(UnknownTag);
            return Unknown;
        }

        var revoked = reader.ReadSequence(RevokedTag);
        var time = CertificateTime.DecodeGeneralized(revoked);
        CrlReason? reason = null;
        if (revoked.HasData)
        {
            var wrapper = revoked.ReadSequence(ReasonTag);
            reason = RevokedCertificate.ToReason(wrapper.ReadEnumeratedBytes().Span);
            wrapper.ThrowIfNotEmpty();
        }

        revoked.ThrowIfNotEmpty();
        return Revoked(time, reason);
    }
}
