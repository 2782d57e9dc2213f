using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>What a responder signs.</summary>
/// <remarks>
/// RFC 6960 §4.2.1:
/// <code>
/// ResponseData ::= SEQUENCE {
///   version            [0] EXPLICIT Version DEFAULT v1,
///   responderID            ResponderID,
///   producedAt             GeneralizedTime,
///   responses              SEQUENCE OF SingleResponse,
///   responseExtensions [1] EXPLICIT Extensions OPTIONAL }
/// </code>
/// </remarks>
public sealed record ResponseData(
    ResponderId ResponderId,
    DateTimeOffset ProducedAt,
    IReadOnlyList<SingleResponse> Responses,
    IReadOnlyList<Extension> ResponseExtensions
)
{
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>The exact bytes to sign.</summary>
    public PreparedOcspResponse Prepare(AlgorithmIdentifier signatureAlgorithm, Certificate responder) =>
        new(Der.Encode(Encode), Der.Encode(signatureAlgorithm.Encode), PreparedOcspResponse.EncodeCerts(responder));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            ResponderId.Encode(writer);
            CertificateTime.EncodeGeneralized(writer, ProducedAt);
            using (writer.PushSequence())
            {
                foreach (var response in Responses)
                {
                    response.Encode(writer);
                }
            }

            if (ResponseExtensions.Count > 0)
            {
                using (writer.PushSequence(ExtensionsTag))
                {
                    ExtensionList.Encode(writer, ResponseExtensions);
                }
            }
        }
    }

    public static ResponseData Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            "RFC 6960 §4.2.1",
            reader =>
            {
                var sequence = reader.ReadSequence();
                if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(VersionTag))
                {
                    throw new MalformedException("RFC 6960 §4.2.1", "version v1 is encoded though it is the default, or is not v1");
                }

                var responder = ResponderId.Decode(sequence);
                var producedAt = CertificateTime.DecodeGeneralized(sequence);
                var list = sequence.ReadSequence();
                var responses = new List<SingleResponse>();
                while (list.HasData)
                {
                    responses.Add(SingleResponse.Decode(list));
                }

                IReadOnlyList<Extension> extensions = [];
                if (sequence.HasData)
                {
                    var wrapper = sequence.ReadSequence(ExtensionsTag);
                    extensions = ExtensionList.Decode(wrapper, "RFC 6960 §4.4");
                    wrapper.ThrowIfNotEmpty();
                }

                sequence.ThrowIfNotEmpty();
                return new ResponseData(responder, producedAt, responses, extensions);
            }
        );
}
