using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>
/// The answers of one responder: what is the same in all of them is encoded once. Their bytes are those of
/// <see cref="ResponseData.Prepare"/>, which the tests hold them to.
/// </summary>
public sealed class OcspTemplate
{
    private const byte Sequence = 0x30;
    private const byte OctetString = 0x04;
    private const byte Context0 = 0xA0;
    private const byte Context1 = 0xA1;

    private static readonly byte[] NonceOid = Der.Encode(writer => writer.WriteObjectIdentifier(Oids.OcspNonce));
    private static readonly byte[] Good = Der.Encode(CertStatus.Good.Encode);
    private static readonly byte[] Unknown = Der.Encode(CertStatus.Unknown.Encode);

    // Two times of 17 octets, a revocation's status, and headers.
    private const int SingleOverhead = 128;
    private const int DataOverhead = 128;

    private readonly byte[] _responderId;
    private readonly byte[] _algorithm;
    private readonly byte[] _certs;
    private readonly byte[] _singleExtensions;

    /// <param name="singleExtensions">Of each certificate that is known.</param>
    public OcspTemplate(
        ResponderId responderId,
        AlgorithmIdentifier signatureAlgorithm,
        Certificate responder,
        IReadOnlyList<Extension> singleExtensions
    )
    {
        _responderId = Der.Encode(responderId.Encode);
        _algorithm = Der.Encode(signatureAlgorithm.Encode);
        _certs = PreparedOcspResponse.EncodeCerts(responder);
        _singleExtensions =
            singleExtensions.Count == 0
                ? []
                : Der.Encode(writer =>
                {
                    using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1, isConstructed: true)))
                    {
                        ExtensionList.Encode(writer, singleExtensions);
                    }
                });
    }

    /// <summary>Answers that are produced now, which is also their thisUpdate.</summary>
    /// <param name="statuses">One for each of <paramref name="ids"/>; extensions go with all but those that are unknown.</param>
    /// <param name="nonce">Null for none.</param>
    public PreparedOcspResponse Prepare(
        IReadOnlyList<CertId> ids,
        ReadOnlySpan<CertStatus> statuses,
        DateTimeOffset producedAt,
        DateTimeOffset nextUpdate,
        ReadOnlyMemory<byte>? nonce
    )
    {
        var size = DataOverhead + _responderId.Length + (nonce?.Length ?? 0);
        var certIds = new byte[ids.Count][];
        for (var i = 0; i < certIds.Length; i++)
        {
            certIds[i] = Der.Encode(ids[i].Encode);
            size += SingleOverhead + certIds[i].Length + _singleExtensions.Length;
        }

        var buffer = new byte[size];
        var writer = new DerBackwards(buffer);
        if (nonce is { } octets)
        {
            WriteNonce(ref writer, octets.Span);
        }

        var list = writer.Start;
        for (var i = certIds.Length - 1; i >= 0; i--)
        {
            WriteSingle(ref writer, certIds[i], statuses[i], producedAt, nextUpdate);
        }

        writer.Wrap(Sequence, list);
        writer.PutGeneralizedTime(producedAt);
        writer.Put(_responderId);
        writer.Wrap(Sequence, size);
        return new PreparedOcspResponse(buffer.AsMemory(writer.Start), _algorithm, _certs);
    }

    private static void WriteNonce(ref DerBackwards writer, ReadOnlySpan<byte> nonce)
    {
        var end = writer.Start;
        writer.Put(nonce);
        writer.Wrap(OctetString, end);
        writer.Wrap(OctetString, end); // extnValue
        writer.Put(NonceOid);
        writer.Wrap(Sequence, end); // Extension
        writer.Wrap(Sequence, end); // Extensions
        writer.Wrap(Context1, end);
    }

    private void WriteSingle(
        ref DerBackwards writer,
        ReadOnlySpan<byte> certId,
        CertStatus status,
        DateTimeOffset thisUpdate,
        DateTimeOffset nextUpdate
    )
    {
        var end = writer.Start;
        if (status.Kind != CertStatusKind.Unknown)
        {
            writer.Put(_singleExtensions);
        }

        var next = writer.Start;
        writer.PutGeneralizedTime(nextUpdate);
        writer.Wrap(Context0, next);
        writer.PutGeneralizedTime(thisUpdate);
        writer.Put(
            status.Kind switch
            {
                CertStatusKind.Good => Good,
                CertStatusKind.Unknown => Unknown,
                _ => Der.Encode(status.Encode),
            }
        );
        writer.Put(certId);
        writer.Wrap(Sequence, end);
    }
}
