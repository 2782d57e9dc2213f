using System.Security.Cryptography;
using System.Text;
using EContract.Pki.Asn1;
using EContract.Pki.Cms;
using EContract.Pki.Cms.Archive;
using EContract.Pki.Tsp;
using EContract.TestKit;
using Org.BouncyCastle.Asn1;
using Xunit;
using Bc = Org.BouncyCastle.Asn1.Cms;

namespace EContract.Pki.Tests.Cms;

public sealed class En319122_5_5_ArchiveTimestampTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("金銭消費貸借契約書");
    private readonly TestHierarchy _hierarchy = new();
    private readonly TestKey _key = TestKey.P256();
    private readonly TestKey _tsaKey = TestKey.P256();
    private readonly CadesSigner _signer;
    private readonly CadesSigner _tsa;

    public En319122_5_5_ArchiveTimestampTests()
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256);
        _signer = new CadesSigner(_hierarchy.Chain(_hierarchy.IssueSubscriber(_key.SubjectPublicKeyInfo)), algorithm);
        _tsa = new CadesSigner(_hierarchy.Chain(_hierarchy.IssueTsa(_tsaKey.SubjectPublicKeyInfo)), algorithm);
    }

    public static TheoryData<string, bool> Forms() =>
        new()
        {
            { "SHA256", true },
            { "SHA256", false },
            { "SHA384", false },
            { "SHA512", true },
            { "SHA512", false },
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_imprint_is_what_another_implementation_computes(string hash, bool attached)
    {
        var name = new HashAlgorithmName(hash);
        SignedData stamped = Stamp(Signed(attached), name, attached);
        stamped = Stamp(stamped, name, attached);

        var bc = Bc.SignedData.GetInstance(Bc.ContentInfo.GetInstance(Asn1Object.FromByteArray(stamped.Encode())).Content);
        var signer = Bc.SignerInfo.GetInstance(bc.SignerInfos[0]);
        Bc.Attribute[] unsigned = [.. signer.UnauthenticatedAttributes.Cast<Asn1Encodable>().Select(a => Bc.Attribute.GetInstance(a))];
        byte[][] tokens =
        [
            .. unsigned
                .Where(a => a.AttrType.Id == "0.4.0.1733.2.4")
                .SelectMany(a => a.AttrValues.Cast<Asn1Encodable>())
                .Select(v => v.GetDerEncoded())
                .OrderBy(TimeOf),
        ];
        Assert.Equal(2, tokens.Length);
        // What each covers: the first the signature time-stamp, the second also the first.
        for (int i = 0; i < tokens.Length; i++)
        {
            byte[][] earlier = tokens[..i];
            var values = unsigned.SelectMany(a => a.AttrValues.Cast<Asn1Encodable>(), (a, v) => (a.AttrType, Value: v.GetDerEncoded()));
            byte[][] attributes =
            [
                .. values
                    .Where(v => v.AttrType.Id != "0.4.0.1733.2.4" || earlier.Any(e => e.AsSpan().SequenceEqual(v.Value)))
                    .Select(v => Digest(name, v.AttrType.GetDerEncoded(), v.Value)),
            ];
            Asn1Sequence index = IndexOf(tokens[i]);
            Assert.Equal(HashAlgorithms.ToOid(name), Asn1Sequence.GetInstance(index[0])[0].ToString());
            Assert.Equal(Sorted(bc.Certificates.Cast<Asn1Encodable>().Select(c => Digest(name, c.GetDerEncoded()))), Octets(index[1]));
            Assert.Equal(Sorted(bc.CRLs.Cast<Asn1Encodable>().Select(c => Digest(name, c.GetDerEncoded()))), Octets(index[2]));
            Assert.Equal(Sorted(attributes), Octets(index[3]));

            byte[] imprint = Digest(
                name,
                bc.EncapContentInfo.ContentType.GetDerEncoded(),
                Digest(name, Content),
                signer.Version.GetDerEncoded(),
                signer.SignerID.GetDerEncoded(),
                signer.DigestAlgorithm.GetDerEncoded(),
                new DerTaggedObject(false, 0, signer.AuthenticatedAttributes).GetDerEncoded(),
                signer.DigestEncryptionAlgorithm.GetDerEncoded(),
                signer.EncryptedDigest.GetDerEncoded(),
                index.GetDerEncoded()
            );
            Assert.Equal(imprint, TimeStampToken.Decode(tokens[i]).TstInfo.MessageImprint.HashedMessage.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Any_count_of_archive_time_stamps_is_intact_and_each_covers_those_before(string hash, bool attached)
    {
        var name = new HashAlgorithmName(hash);
        SignedData signedData = Signed(attached);
        for (int i = 0; i < 4; i++)
        {
            signedData = Stamp(signedData, name, attached);
        }

        signedData = SignedData.Decode(signedData.Encode());
        var counts = new List<int>();
        foreach (ReadOnlyMemory<byte> token in ArchiveTimestampV3.Find(signedData.SignerInfos[0]))
        {
            ArchiveTimestampCheck check = Check(signedData, token, attached);
            Assert.Equal(ArchiveTimestampProblem.None, check.Problem);
            Assert.Equal(signedData.Certificates.Count, check.Certificates.Count);
            Assert.Single(check.Crls);
            counts.Add(check.UnsignedAttributes.Count);
        }

        Assert.Equal([1, 2, 3, 4], counts.Order());
    }

    [Fact]
    public void What_comes_later_breaks_nothing_and_is_not_covered()
    {
        SignedData signedData = Stamp(Signed(attached: true), HashAlgorithmName.SHA256, attached: true);
        byte[] late = _hierarchy.IssueSubscriber(_tsaKey.SubjectPublicKeyInfo);
        SignedData grown = signedData with
        {
            Certificates = [.. signedData.Certificates, late],
            Crls = [.. signedData.Crls, Der.Encode(writer => writer.WriteInteger(7))],
        };
        ArchiveTimestampCheck check = Check(grown, Token(grown), attached: true);
        Assert.True(check.IsIntact);
        Assert.DoesNotContain(check.Certificates, c => c.Span.SequenceEqual(late));
        Assert.Single(check.Crls);
    }

    [Fact]
    public void Each_part_that_is_covered_is_missed()
    {
        SignedData whole = Stamp(Signed(attached: false), HashAlgorithmName.SHA256, attached: false);
        SignerInfo signer = whole.SignerInfos[0];
        AssertProblem(ArchiveTimestampProblem.CertificateMissing, whole with { Certificates = [.. whole.Certificates.Skip(1)] });
        AssertProblem(ArchiveTimestampProblem.RevocationDataMissing, whole with { Crls = [] });
        AssertProblem(
            ArchiveTimestampProblem.UnsignedAttributeMissing,
            whole with
            {
                SignerInfos =
                [
                    signer with
                    {
                        UnsignedAttributes = [.. signer.UnsignedAttributes.Where(a => a.Oid == Oids.ArchiveTimestampV3)],
                    },
                ],
            }
        );
        AssertProblem(ArchiveTimestampProblem.ImprintDiffers, whole with { ContentType = Oids.TstInfo });
        AssertProblem(ArchiveTimestampProblem.ImprintDiffers, whole, SHA256.HashData("another"u8));
        Assert.Equal(ArchiveTimestampProblem.ContentDigestNeeded, ArchiveTimestampV3.Check(whole, signer, Token(whole)).Problem);

        void AssertProblem(ArchiveTimestampProblem problem, SignedData changed, byte[]? digest = null) =>
            Assert.Equal(
                problem,
                ArchiveTimestampV3.Check(changed, changed.SignerInfos[0], Token(changed), digest ?? SHA256.HashData(Content)).Problem
            );
    }

    [Fact]
    public void A_token_without_a_usable_index_covers_nothing()
    {
        SignedData whole = Stamp(Signed(attached: true), HashAlgorithmName.SHA256, attached: true);
        var token = SignedData.Decode(Token(whole));
        Assert.Equal(ArchiveTimestampProblem.HashIndexMissing, With());
        Assert.Equal(
            ArchiveTimestampProblem.HashIndexMissing,
            With(token.SignerInfos[0].UnsignedAttributes[0], token.SignerInfos[0].UnsignedAttributes[0])
        );
        Assert.Equal(ArchiveTimestampProblem.HashIndexMalformed, With(new CmsAttribute(Oids.AtsHashIndexV3, new byte[] { 5, 0 })));
        var other = AtsHashIndex.For(whole, whole.SignerInfos[0], HashAlgorithmName.SHA384);
        Assert.Equal(ArchiveTimestampProblem.HashAlgorithmsDiffer, With(new CmsAttribute(Oids.AtsHashIndexV3, other.Encoded)));
        Assert.Equal(
            ArchiveTimestampProblem.TokenMalformed,
            ArchiveTimestampV3.Check(whole, whole.SignerInfos[0], new byte[] { 5, 0 }).Problem
        );

        ArchiveTimestampProblem With(params CmsAttribute[] attributes)
        {
            SignedData changed = token with { SignerInfos = [token.SignerInfos[0] with { UnsignedAttributes = attributes }] };
            return ArchiveTimestampV3.Check(whole, whole.SignerInfos[0], changed.Encode()).Problem;
        }
    }

    [Fact]
    public void Every_flipped_bit_outside_of_the_time_stamps_signature_is_found()
    {
        SignedData whole = Stamp(Signed(attached: true), HashAlgorithmName.SHA256, attached: true);
        byte[] encoded = whole.Encode();
        // The archive time-stamp's own octets beyond its imprint and index are its TSA's to sign.
        byte[] own = Token(whole).ToArray();
        int ownAt = encoded.AsSpan().IndexOf(own);
        // Not covered: the SignedData's version and digestAlgorithms, and lengths and order of its sets.
        int covered = encoded.AsSpan().IndexOf(Der.Encode(writer => writer.WriteObjectIdentifier(Oids.Data)));
        int missed = 0;
        for (int bit = covered * 8; bit < encoded.Length * 8; bit++)
        {
            if (bit / 8 >= ownAt && bit / 8 < ownAt + own.Length)
            {
                continue;
            }

            byte[] flipped = [.. encoded];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                var signedData = SignedData.Decode(flipped);
                if (
                    signedData.SignerInfos is [var signer]
                    && ArchiveTimestampV3.Find(signer) is [var token]
                    && ArchiveTimestampV3.Check(signedData, signer, token).IsIntact
                )
                {
                    missed++;
                }
            }
            catch (MalformedException) { }
        }

        Assert.Equal(0, missed);
    }

    [Fact]
    public void The_first_hash_index_is_read_with_its_default_algorithm()
    {
        SignedData signedData = Signed(attached: true);
        SignerInfo signer = signedData.SignerInfos[0];
        byte[] encoded = Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                foreach (
                    IEnumerable<byte[]> values in (IEnumerable<byte[]>[])
                        [
                            signedData.Certificates.Select(c => c.ToArray()),
                            signedData.Crls.Select(c => c.ToArray()),
                            signer.UnsignedAttributes.Select(a => Der.Encode(a.Encode)),
                        ]
                )
                {
                    using (writer.PushSequence())
                    {
                        foreach (byte[] value in values)
                        {
                            writer.WriteOctetString(SHA256.HashData(value));
                        }
                    }
                }
            }
        });
        var index = AtsHashIndex.Decode(AtsHashIndexVersion.V1, encoded);
        Assert.Equal(Oids.Sha256, index.HashIndAlgorithm.Oid);
        byte[] imprint = Digest(
            HashAlgorithmName.SHA256,
            Der.Encode(writer => writer.WriteObjectIdentifier(Oids.Data)),
            SHA256.HashData(Content),
            signer.EncodeSignedFields(),
            encoded
        );
        var token = SignedData.Decode(TokenOver(imprint, HashAlgorithmName.SHA256));
        token = token with
        {
            SignerInfos = [token.SignerInfos[0] with { UnsignedAttributes = [new CmsAttribute(Oids.AtsHashIndex, encoded)] }],
        };
        ArchiveTimestampCheck check = ArchiveTimestampV3.Check(signedData, signer, token.Encode());
        Assert.Equal(ArchiveTimestampProblem.None, check.Problem);
        Assert.Single(check.UnsignedAttributes);
    }

    [Fact]
    public void A_token_over_something_else_is_not_taken()
    {
        PreparedArchiveTimestamp prepared = PreparedArchiveTimestamp.For(Signed(attached: true), 0, HashAlgorithmName.SHA256);
        Assert.Throws<CryptographicException>(() => prepared.Complete(TokenOver(new byte[32], HashAlgorithmName.SHA256)));
        Assert.Throws<MalformedException>(() => prepared.Complete(new byte[] { 5, 0 }));
        Assert.Throws<ArgumentException>(() => PreparedArchiveTimestamp.For(Signed(attached: false), 0, HashAlgorithmName.SHA256));
    }

    [Fact]
    public void Fields_in_BER_are_covered_as_they_were_received()
    {
        SignedData signedData = Signed(attached: true);
        // The SignatureValue's length in the long form: BER, not DER.
        byte[] signature = Der.Encode(w => w.WriteOctetString(signedData.SignerInfos[0].Signature.Span));
        byte[] ber = [4, 0x81, signature[1], .. signature.AsSpan(2)];
        byte[] fields = signedData.SignerInfos[0].EncodeSignedFields();
        byte[] expected = [.. fields.AsSpan(0, fields.Length - signature.Length), .. ber];
        SignerInfo received = Der.Decode(Sequence(expected), "test", SignerInfo.Decode, System.Formats.Asn1.AsnEncodingRules.BER);
        Assert.Equal(expected, received.EncodeSignedFields());

        static byte[] Sequence(byte[] content) =>
            content.Length < 128
                ? [0x30, (byte)content.Length, .. content]
                : [0x30, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];
    }

    public void Dispose()
    {
        _hierarchy.Dispose();
        _key.Dispose();
        _tsaKey.Dispose();
    }

    private SignedData Signed(bool attached)
    {
        var attributes = new CadesAttributes { SigningTime = _hierarchy.Now };
        PreparedSignature prepared = attached
            ? _signer.PrepareAttached(Content, attributes)
            : _signer.Prepare(SHA256.HashData(Content), attributes);
        CompletedSignature signature = prepared.Complete(_key.SignDigest(prepared.Digest, _signer.Algorithm));
        signature = signature.WithSignatureTimestamp(TokenOver(SHA256.HashData(signature.SignatureValue.Span), HashAlgorithmName.SHA256));
        return SignedData.Decode((signature.SignedData with { Crls = [Der.Encode(w => w.WriteOctetString("a CRL"u8))] }).Encode());
    }

    private SignedData Stamp(SignedData signedData, HashAlgorithmName hash, bool attached)
    {
        var prepared = PreparedArchiveTimestamp.For(signedData, 0, hash, attached ? null : CryptographicOperations.HashData(hash, Content));
        return prepared.Complete(TokenOver(prepared.MessageImprint, hash));
    }

    private static ArchiveTimestampCheck Check(SignedData signedData, ReadOnlyMemory<byte> token, bool attached)
    {
        byte[]? digest = attached ? null : CryptographicOperations.HashData(ArchiveTimestampV3.HashOf(token)!.Value, Content);
        return ArchiveTimestampV3.Check(signedData, signedData.SignerInfos[0], token, digest is null ? null : digest.AsMemory());
    }

    private static ReadOnlyMemory<byte> Token(SignedData signedData) => Assert.Single(ArchiveTimestampV3.Find(signedData.SignerInfos[0]));

    private int _ticks; // each token a second later than the one before

    private byte[] TokenOver(ReadOnlyMemory<byte> digest, HashAlgorithmName hash)
    {
        var info = new TstInfo
        {
            Policy = "2.999.1",
            MessageImprint = new MessageImprint(HashAlgorithms.Identifier(hash), digest),
            SerialNumber = SerialNumber.CreateRandom(),
            GenTime = _hierarchy.Now.AddSeconds(++_ticks),
        };
        PreparedSignature prepared = _tsa.PrepareAttached(info.Encode(), new CadesAttributes { ContentType = Oids.TstInfo });
        return prepared.Complete(_tsaKey.SignDigest(prepared.Digest, _tsa.Algorithm)).Encode();
    }

    private static DateTimeOffset TimeOf(byte[] token) => TimeStampToken.Decode(token).TstInfo.GenTime;

    private static Asn1Sequence IndexOf(byte[] token)
    {
        var signedData = Bc.SignedData.GetInstance(Bc.ContentInfo.GetInstance(Asn1Object.FromByteArray(token)).Content);
        var attribute = Bc.Attribute.GetInstance(Bc.SignerInfo.GetInstance(signedData.SignerInfos[0]).UnauthenticatedAttributes[0]);
        Assert.Equal("0.4.0.19122.1.5", attribute.AttrType.Id);
        return Asn1Sequence.GetInstance(attribute.AttrValues[0]);
    }

    private static List<string> Octets(Asn1Encodable sequence) =>
        Sorted(Asn1Sequence.GetInstance(sequence).Cast<Asn1Encodable>().Select(o => Asn1OctetString.GetInstance(o).GetOctets()));

    private static List<string> Sorted(IEnumerable<byte[]> values) => [.. values.Select(Convert.ToHexString).Order(StringComparer.Ordinal)];

    private static byte[] Digest(HashAlgorithmName hash, params byte[][] parts) =>
        CryptographicOperations.HashData(hash, parts.SelectMany(p => p).ToArray());
}
