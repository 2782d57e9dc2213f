using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>A question about one or more certificates. A signature on it is optional and, as RFC 6960 §4.1.2 allows, not evaluated.</summary>
/// <remarks>
/// RFC 6960 §4.1.1:
/// <code>
/// OCSPRequest ::= SEQUENCE {
///   tbsRequest             TBSRequest,
///   optionalSignature  [0] EXPLICIT Signature OPTIONAL }
/// TBSRequest ::= SEQUENCE {
///   version            [0] EXPLICIT Version DEFAULT v1,
///   requestorName      [1] EXPLICIT GeneralName OPTIONAL,
///   requestList            SEQUENCE OF Request,
///   requestExtensions  [2] EXPLICIT Extensions OPTIONAL }
/// Request ::= SEQUENCE { reqCert CertID, singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL }
/// </code>
/// </remarks>
public sealed record OcspRequest(IReadOnlyList<CertId> RequestList, IReadOnlyList<Extension> RequestExtensions)
{
    private const string Clause = "RFC 6960 §4.1.1";
    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Tag1 = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag Tag2 = new(TagClass.ContextSpecific, 2, isConstructed: true);

    /// <summary>True if a singleRequestExtension or requestExtension that we don't know is critical: the answer must then be a refusal.</summary>
    public bool HasUnknownCriticalExtension { get; init; }

    /// <summary>The nonce's octets; null if absent.</summary>
    /// <exception cref="MalformedException">Its length is not 1–128 (RFC 9654 §2.1).</exception>
    // The cast matters: a bare null would convert to an empty memory, which is a nonce.
    public ReadOnlyMemory<byte>? ReadNonce() =>
        RequestExtensions.Find(Oids.OcspNonce) is { } extension ? OcspNonce.Decode(extension.Value) : (ReadOnlyMemory<byte>?)null;

    public byte[] Encode() =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence())
            using (writer.PushSequence()) // tbsRequest
            {
                using (writer.PushSequence())
                {
                    foreach (var id in RequestList)
                    {
                        using (writer.PushSequence())
                        {
                            id.Encode(writer);
                        }
                    }
                }

                if (RequestExtensions.Count > 0)
                {
                    using (writer.PushSequence(Tag2))
                    {
                        ExtensionList.Encode(writer, RequestExtensions);
                    }
                }
            }
        });

    /// <exception cref="MalformedException">These are not the DER bytes of an OCSPRequest.</exception>
    public static OcspRequest Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var outer = reader.ReadSequence();
                var tbs = outer.ReadSequence();
                if (outer.HasData)
                {
                    // Not evaluated, but its shape is checked.
                    var signature = outer.ReadSequence(Tag0);
                    signature.ReadSequence();
                    signature.ThrowIfNotEmpty();
                }

                outer.ThrowIfNotEmpty();
                return DecodeTbs(tbs);
            }
        );

    private static OcspRequest DecodeTbs(AsnReader tbs)
    {
        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(Tag0))
        {
            // OpenSSL and others encode the default; only the value counts.
            var version = tbs.ReadSequence(Tag0);
            if (!version.TryReadInt32(out var value) || value != 0)
            {
                throw new MalformedException(Clause, "version is not v1");
            }

            version.ThrowIfNotEmpty();
        }

        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(Tag1))
        {
            var requestor = tbs.ReadSequence(Tag1);
            GeneralName.Decode(requestor);
            requestor.ThrowIfNotEmpty();
        }

        var list = tbs.ReadSequence();
        var ids = new List<CertId>();
        var unknownCritical = false;
        while (list.HasData)
        {
            var request = list.ReadSequence();
            ids.Add(CertId.Decode(request));
            if (request.HasData)
            {
                unknownCritical |= ReadExtensions(request, Tag0).Any(e => e.Critical);
            }

            request.ThrowIfNotEmpty();
        }

        var extensions = tbs.HasData ? ReadExtensions(tbs, Tag2) : [];
        tbs.ThrowIfNotEmpty();
        if (ids.Count == 0)
        {
            throw new MalformedException(Clause, "requestList is empty");
        }

        return new(ids, extensions)
        {
            HasUnknownCriticalExtension = unknownCritical || extensions.Any(e => e.Critical && e.Oid != Oids.OcspNonce),
        };
    }

    private static IReadOnlyList<Extension> ReadExtensions(AsnReader reader, Asn1Tag tag)
    {
        var wrapper = reader.ReadSequence(tag);
        var extensions = ExtensionList.Decode(wrapper, Clause);
        wrapper.ThrowIfNotEmpty();
        return extensions;
    }
}
