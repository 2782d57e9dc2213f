using System.Formats.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>The status of one certificate.</summary>
/// <remarks>
/// RFC 6960 §4.2.1:
/// <code>
/// SingleResponse ::= SEQUENCE {
///   certID               CertID,
///   certStatus           CertStatus,
///   thisUpdate           GeneralizedTime,
///   nextUpdate       [0] EXPLICIT GeneralizedTime OPTIONAL,
///   singleExtensions [1] EXPLICIT Extensions OPTIONAL }
/// </code>
/// </remarks>
public sealed record SingleResponse(
    CertId CertId,
    CertStatus CertStatus,
    DateTimeOffset ThisUpdate,
    DateTimeOffset? NextUpdate,
    IReadOnlyList<Extension> SingleExtensions
)
{
    private static readonly Asn1Tag NextUpdateTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            CertId.Encode(writer);
            CertStatus.Encode(writer);
            CertificateTime.EncodeGeneralized(writer, ThisUpdate);
            if (NextUpdate is { } next)
            {
                using (writer.PushSequence(NextUpdateTag))
                {
                    CertificateTime.EncodeGeneralized(writer, next);
                }
            }

            if (SingleExtensions.Count > 0)
            {
                using (writer.PushSequence(ExtensionsTag))
                {
                    ExtensionList.Encode(writer, SingleExtensions);
                }
            }
        }
    }

    public static SingleResponse Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var id = CertId.Decode(sequence);
        var status = CertStatus.Decode(sequence);
        var thisUpdate = CertificateTime.DecodeGeneralized(sequence);
        DateTimeOffset? nextUpdate = null;
        if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(NextUpdateTag))
        {
            var wrapper = sequence.ReadSequence(NextUpdateTag);
            nextUpdate = CertificateTime.DecodeGeneralized(wrapper);
            wrapper.ThrowIfNotEmpty();
        }

        IReadOnlyList<Extension> extensions = [];
        if (sequence.HasData)
        {
            var wrapper = sequence.ReadSequence(ExtensionsTag);
            extensions = ExtensionList.Decode(wrapper, "RFC 6960 §4.4");
            wrapper.ThrowIfNotEmpty();
        }

        sequence.ThrowIfNotEmpty();
        return new(id, status, thisUpdate, nextUpdate, extensions);
    }
}
