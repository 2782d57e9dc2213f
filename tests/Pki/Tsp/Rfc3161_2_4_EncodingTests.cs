using System.Security.Cryptography;
using EContract.Pki.Tsp;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Pki.Tests.Tsp;

public sealed class Rfc3161_2_4_EncodingTests
{
    private static readonly string[] Policies = ["1.2.3", "2.999.1", "1.3.6.1.4.1.99999.1.1"];

    [Fact]
    public void A_request_reads_back_as_it_was_written() =>
        Prop.ForAll(
                Arb.From(Requests),
                request =>
                {
                    byte[] encoded = request.Encode();
                    var again = TimeStampReq.Decode(encoded);
                    Assert.Equal(encoded, again.Encode());
                    Assert.Equal(request.MessageImprint, again.MessageImprint);
                    Assert.Equal(request.ReqPolicy, again.ReqPolicy);
                    Assert.Equal(request.CertReq, again.CertReq);
                    Assert.Equal(request.Nonce.HasValue, again.Nonce.HasValue);
                    Assert.True(request.Nonce.GetValueOrDefault().Span.SequenceEqual(again.Nonce.GetValueOrDefault().Span));
                    Assert.False(again.Extensions.HasValue);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_mutated_request_throws_nothing_but_MalformedException() =>
        Prop.ForAll(
                Arb.From(
                    from request in Requests
                    from at in Gen.Choose(0, 1000)
                    from value in Gen.Choose(0, 255)
                    from cut in Gen.Choose(0, 30)
                    select Mutate(request.Encode(), at, (byte)value, cut)
                ),
                bytes =>
                {
                    try
                    {
                        // whatever is accepted has one canonical form
                        byte[] canonical = TimeStampReq.Decode(bytes).Encode();
                        Assert.Equal(canonical, TimeStampReq.Decode(canonical).Encode());
                    }
                    catch (MalformedException e)
                    {
                        Assert.StartsWith("RFC 3161", e.Clause, StringComparison.Ordinal);
                    }
                }
            )
            .Check(PropertyRuns.Of(5000));

    [Fact]
    public void A_TSTInfo_reads_back_as_it_was_written()
    {
        var info = new TstInfo
        {
            Policy = "1.2.3.4",
            MessageImprint = new MessageImprint(HashAlgorithms.Identifier(HashAlgorithmName.SHA384), new byte[48]),
            SerialNumber = SerialNumber.CreateRandom(),
            GenTime = new DateTimeOffset(2026, 11, 20, 1, 2, 3, 450, TimeSpan.Zero),
            Accuracy = Accuracy.FromTimeSpan(TimeSpan.FromMicroseconds(1500250)),
            Nonce = SerialNumber.CreateRandom().Content,
        };
        byte[] encoded = info.Encode();
        var again = TstInfo.Decode(encoded);
        Assert.Equal(info with { Nonce = null }, again with { Nonce = null });
        Assert.Equal(new Accuracy(1, 500, 250), again.Accuracy);
        Assert.True(encoded.AsSpan().IndexOf("20261120010203.45Z"u8) > 0);
        Assert.Equal(encoded, again.Encode());
    }

    [Fact]
    public void Every_tick_of_genTime_survives() =>
        Prop.ForAll(
                Arb.From(from seconds in Gen.Choose(0, int.MaxValue) from ticks in Gen.Choose(0, 9_999_999) select (seconds, ticks)),
                c =>
                {
                    DateTimeOffset time = DateTimeOffset.UnixEpoch.AddSeconds(c.seconds).AddTicks(c.ticks);
                    byte[] encoded = Asn1.Der.Encode(writer => writer.WriteGeneralizedTime(time));
                    Assert.Equal(time, Asn1.Der.Decode(encoded, "X.690 §11.7", Asn1.GeneralizedTime.Read));
                }
            )
            .Check(PropertyRuns.Of(1000));

    [Theory]
    [InlineData(PkiFailureInfo.None, "30053003020102")]
    [InlineData(PkiFailureInfo.BadAlg, "300930070201020302" + "0780")]
    [InlineData(PkiFailureInfo.BadRequest, "300930070201020302" + "0520")]
    [InlineData(PkiFailureInfo.TimeNotAvailable, "300a30080201020303" + "010002")]
    [InlineData(PkiFailureInfo.UnacceptedExtension, "300b30090201020304" + "07000080")]
    [InlineData(PkiFailureInfo.SystemFailure, "300c300a0201020305" + "0600000040")]
    public void A_failure_is_the_named_bit(PkiFailureInfo failure, string hex)
    {
        byte[] expected = Convert.FromHexString(hex);
        var response = new TimeStampResp(new PkiStatusInfo(PkiStatus.Rejection, null, failure), null);
        Assert.Equal(expected, response.Encode());
        Assert.Equal(response, TimeStampResp.Decode(expected));
    }

    [Fact]
    public void Status_and_token_that_contradict_each_other_are_refused()
    {
        byte[] refusedWithToken = new TimeStampResp(new PkiStatusInfo(PkiStatus.Rejection), new byte[] { 0x30, 0 }).Encode();
        byte[] grantedWithout = new TimeStampResp(new PkiStatusInfo(PkiStatus.Granted), null).Encode();
        Assert.Throws<MalformedException>(() => TimeStampResp.Decode(refusedWithToken));
        Assert.Throws<MalformedException>(() => TimeStampResp.Decode(grantedWithout));
    }

    private static Gen<TimeStampReq> Requests =>
        from hash in Gen.Elements("SHA256", "SHA384", "SHA512", "SHA1")
        from policy in Gen.Elements(Policies.Append(null).ToArray())
        from nonce in Gen.Choose(-1, 24)
        from certReq in Gen.Elements(true, false)
        select new TimeStampReq
        {
            MessageImprint = new MessageImprint(
                HashAlgorithms.Identifier(new(hash)),
                RandomNumberGenerator.GetBytes(HashAlgorithms.DigestLength(new(hash)))
            ),
            ReqPolicy = policy,
            Nonce = nonce < 0 ? default(ReadOnlyMemory<byte>?) : SerialNumber.FromUnsigned(RandomNumberGenerator.GetBytes(nonce)).Content,
            CertReq = certReq,
        };

    private static byte[] Mutate(byte[] bytes, int at, byte value, int cut)
    {
        bytes[at % bytes.Length] = value;
        return cut < 25 ? bytes : bytes[..(at % bytes.Length)];
    }
}
