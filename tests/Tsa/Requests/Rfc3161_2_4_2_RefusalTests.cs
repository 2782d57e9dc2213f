using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Tsa.Tests.Requests;

[Collection("tsa")]
public sealed class Rfc3161_2_4_2_RefusalTests(TsaFixture fixture)
{
    private static readonly TimeStampReq Good = TimeStampReq.Create(new byte[32], HashAlgorithmName.SHA256);
    private readonly TsaHost _host = fixture.Host;

    public static TheoryData<string, byte[], PkiFailureInfo> Refused =>
        new()
        {
            { "empty", [], PkiFailureInfo.BadDataFormat },
            { "no DER", "hello"u8.ToArray(), PkiFailureInfo.BadDataFormat },
            { "cut off", Good.Encode()[..^1], PkiFailureInfo.BadDataFormat },
            { "trailing octet", [.. Good.Encode(), 0], PkiFailureInfo.BadDataFormat },
            { "version 2", (Good with { Version = 2 }).Encode(), PkiFailureInfo.BadRequest },
            { "version 0", (Good with { Version = 0 }).Encode(), PkiFailureInfo.BadRequest },
            { "SHA-1", Imprint(Oids.Sha1, 20), PkiFailureInfo.BadAlg },
            { "MD5", Imprint(Oids.Md5, 16), PkiFailureInfo.BadAlg },
            { "SHA-224", Imprint(Oids.Sha224, 28), PkiFailureInfo.BadAlg },
            { "SHA3-256", Imprint(Oids.Sha3_256, 32), PkiFailureInfo.BadAlg },
            { "no hash at all", Imprint(Oids.EcPublicKey, 32), PkiFailureInfo.BadAlg },
            { "imprint too short", Imprint(Oids.Sha256, 31), PkiFailureInfo.BadDataFormat },
            { "imprint of another algorithm", Imprint(Oids.Sha256, 48), PkiFailureInfo.BadDataFormat },
            { "empty imprint", Imprint(Oids.Sha512, 0), PkiFailureInfo.BadDataFormat },
            {
                "parameters",
                (
                    Good with
                    {
                        MessageImprint = new MessageImprint(new AlgorithmIdentifier(Oids.Sha256, new byte[] { 2, 1, 1 }), new byte[32]),
                    }
                ).Encode(),
                PkiFailureInfo.BadAlg
            },
            { "policy", (Good with { ReqPolicy = "1.2.3.4" }).Encode(), PkiFailureInfo.UnacceptedPolicy },
            {
                "extension",
                (Good with { Extensions = new byte[] { 0xA0, 0x0B, 0x30, 9, 6, 3, 0x55, 0x1D, 0x0F, 4, 2, 5, 0 } }).Encode(),
                PkiFailureInfo.UnacceptedExtension
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task The_right_failure_is_answered(string what, byte[] query, PkiFailureInfo expected)
    {
        TimeStampResp response = TimeStampResp.Decode(await _host.PostAsync(query));
        Assert.Equal(PkiStatus.Rejection, response.Status.Status);
        Assert.Equal(expected, response.Status.FailInfo);
        Assert.False(string.IsNullOrEmpty(response.Status.StatusString), what);
        Assert.Null(response.TimeStampToken);
    }

    [Fact]
    public async Task Of_the_algorithms_beside_SHA_2_none_is_taken_for_it()
    {
        for (int arc = 0; arc <= 0x7F; arc++)
        {
            if (arc is 1 or 2 or 3)
            {
                continue;
            }

            foreach (int length in (int[])[32, 48, 64])
            {
                byte[] reply = await _host.PostAsync(Imprint($"2.16.840.1.101.3.4.2.{arc}", length));
                Assert.Equal(PkiFailureInfo.BadAlg, TimeStampResp.Decode(reply).Status.FailInfo);
            }
        }
    }

    [Fact]
    public async Task OpenSSL_reads_a_refusal()
    {
        using var folder = new TemporaryFolder();
        string reply = folder.Write("r.tsr", await _host.PostAsync((Good with { ReqPolicy = "1.2.3.4" }).Encode()));
        (_, string output) = await ForeignTool.RunAsync("openssl", "ts", "-reply", "-in", reply, "-text");
        Assert.Contains("Status: Rejected", output, StringComparison.Ordinal);
        Assert.Contains("policy is not supported", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explicit_FALSE_and_a_nonce_of_any_length_are_taken()
    {
        byte[] nonce = [0x7F, .. RandomNumberGenerator.GetBytes(50_000)];
        TimeStampReq request = Good with { Nonce = nonce, CertReq = false };
        byte[] withFalse = Pki.Asn1.Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                request.MessageImprint.Encode(writer);
                writer.WriteInteger(nonce);
                writer.WriteBoolean(false);
            }
        });
        TimeStampResp response = TimeStampResp.Decode(await _host.PostAsync(withFalse));
        var token = TimeStampToken.Decode(response.TimeStampToken!.Value);
        Assert.Equal(nonce, token.TstInfo.Nonce!.Value.ToArray());
        Assert.Empty(token.SignedData.Certificates);
    }

    [Fact]
    public void A_mutated_query_always_gets_an_answer_that_parses() =>
        Prop.ForAll(
                Arb.From(QueryCorpus.Mutated),
                query =>
                {
                    TimeStampResp response = TimeStampResp.Decode(_host.PostAsync(query).GetAwaiter().GetResult());
                    bool sound;
                    try
                    {
                        TimeStampReq request = TimeStampReq.Decode(query);
                        sound =
                            request is { Version: 1, Extensions: null }
                            && request.ReqPolicy is null
                            && HashAlgorithms.FromOid(request.MessageImprint.HashAlgorithm.Oid)
                                is { Name: "SHA256" or "SHA384" or "SHA512" } hash
                            && request.MessageImprint.HashAlgorithm.HasAbsentOrNullParameters
                            && request.MessageImprint.HashedMessage.Length == HashAlgorithms.DigestLength(hash);
                    }
                    catch (MalformedException)
                    {
                        sound = false;
                    }

                    Assert.Equal(sound ? PkiStatus.Granted : PkiStatus.Rejection, response.Status.Status);
                    if (sound)
                    {
                        var token = TimeStampToken.Decode(response.TimeStampToken!.Value);
                        Assert.Equal(TimeStampReq.Decode(query).MessageImprint, token.TstInfo.MessageImprint);
                    }
                }
            )
            .Check(PropertyRuns.Of(3000));

    private static byte[] Imprint(string oid, int length) =>
        (Good with { MessageImprint = new MessageImprint(AlgorithmIdentifier.WithNull(oid), new byte[length]) }).Encode();
}
