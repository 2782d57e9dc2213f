using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using Xunit;

namespace EContract.Pki.Tests.X509;

/// <summary>Answers from the template are, octet by octet, those of the plain encoder.</summary>
public sealed class OcspTemplateTests
{
    private static readonly X509Samples Samples = new();
    private static readonly Certificate Authority = Certificate.Decode(Samples.Authority);

    public static TheoryData<int, int> Shapes => new MatrixTheoryData<int, int>([1, 2, 20], [0, 1, 32, 128]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheTemplatesAnswerIsThatOfThePlainEncoder(int certificates, int nonceOctets)
    {
        var now = X509Samples.Now;
        var next = now.AddHours(1);
        CertStatus[] kinds =
        [
            CertStatus.Good,
            CertStatus.Unknown,
            CertStatus.Revoked(now.AddDays(-1), CrlReason.KeyCompromise),
            CertStatus.Revoked(now, null),
        ];
        HashAlgorithmName[] hashes = [HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA512];
        var ids = Enumerable
            .Range(0, certificates)
            .Select(i => CertId.For(Authority, SerialNumber.FromUnsigned((ulong)i << (3 * i)), hashes[i % hashes.Length]))
            .ToList();
        var statuses = ids.Select((_, i) => kinds[(i + nonceOctets) % kinds.Length]).ToArray();
        ReadOnlyMemory<byte>? nonce = nonceOctets > 0 ? RandomNumberGenerator.GetBytes(nonceOctets) : (ReadOnlyMemory<byte>?)null;
        var responder = ResponderId.ByKey(Authority.Tbs.SubjectPublicKeyInfo);
        Extension[] extensions = [new(Oids.OcspArchiveCutoff, false, Der.Encode(w => CertificateTime.EncodeGeneralized(w, now)))];

        var template = new OcspTemplate(responder, X509Samples.Algorithm.Identifier, Authority, extensions);
        var prepared = template.Prepare(ids, statuses, now, next, nonce);

        var plain = new ResponseData(
            responder,
            now,
            [
                .. ids.Select(
                    (id, i) => new SingleResponse(id, statuses[i], now, next, statuses[i].Kind == CertStatusKind.Unknown ? [] : extensions)
                ),
            ],
            nonce is { } octets ? [OcspNonce.ToExtension(octets.Span)] : []
        );
        Assert.Equal(Der.Encode(plain.Encode), prepared.ToBeSigned.ToArray());
        var signature = Samples.SignData(prepared.ToBeSigned);
        Assert.Equal(EncodePlainly(prepared.ToBeSigned.Span.ToArray(), signature), prepared.Complete(signature));
    }

    [Fact]
    public void AnAnswerIsCompletedOnce()
    {
        var template = new OcspTemplate(
            ResponderId.ByKey(Authority.Tbs.SubjectPublicKeyInfo),
            X509Samples.Algorithm.Identifier,
            Authority,
            []
        );
        var id = CertId.For(Authority, SerialNumber.FromUnsigned(7), HashAlgorithmName.SHA1);
        var prepared = template.Prepare([id], [CertStatus.Good], X509Samples.Now, X509Samples.Now.AddHours(1), null);

        prepared.Complete(Samples.SignData(prepared.ToBeSigned));

        Assert.Throws<InvalidOperationException>(() => prepared.Complete(new byte[70]));
    }

    // RFC 6960 §4.2.1: OCSPResponse, ResponseBytes and BasicOCSPResponse.
    private static byte[] EncodePlainly(byte[] toBeSigned, byte[] signature)
    {
        var tag0 = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        return Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteEnumeratedValue(OcspResponseStatus.Successful);
                using (writer.PushSequence(tag0))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Oids.OcspBasic);
                    using (writer.PushOctetString())
                    using (writer.PushSequence())
                    {
                        writer.WriteEncodedValue(toBeSigned);
                        X509Samples.Algorithm.Identifier.Encode(writer);
                        writer.WriteBitString(signature);
                        using (writer.PushSequence(tag0))
                        using (writer.PushSequence())
                        {
                            writer.WriteEncodedValue(Authority.Encoded.Span);
                        }
                    }
                }
            }
        });
    }
}
