using System.Security.Cryptography;
using EContract.Hosting.Clock;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.TestKit;
using EContract.Tsa.Requests;
using EContract.Tsa.Tokens;
using EContract.Tsa.Units;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Tsa.Tests.Tokens;

/// <summary>The hand-placed octets of the hot path are those of the plain AsnWriter form.</summary>
public sealed class TokenTemplateTests
{
    private static readonly string[] Policies = ["2.999.1", "2.999.2"];

    public static TheoryData<KeyAlgorithm, bool, string> Keys =>
        new()
        {
            { KeyAlgorithm.EcdsaP256, false, "SHA256" },
            { KeyAlgorithm.EcdsaP384, false, "SHA384" },
            { KeyAlgorithm.EcdsaP256, false, "SHA512" },
            { KeyAlgorithm.Rsa2048, false, "SHA256" },
            { KeyAlgorithm.Rsa3072, true, "SHA256" },
            { KeyAlgorithm.Rsa2048, true, "SHA512" },
        };

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_octet_is_that_of_the_plain_encoder(KeyAlgorithm algorithm, bool pss, string hash)
    {
        using var hierarchy = new TestHierarchy();
        var clock = new TrustedSystemClock(TimeProvider.System, TimeSpan.Zero);
        using var tsu = new TestTsu(hierarchy, algorithm, clock, pss: pss, hash: new HashAlgorithmName(hash));
        TsuKey key = tsu.Unit.Current!;
        // signatures of any length, also such as move a length octet
        var template = new TokenTemplate(key.Certificate.Chain, key.Algorithm, maxSignatureSize: 512);
        Prop.ForAll(Arb.From(Cases), @case => Assert.Equal(Plain(@case, tsu.Unit), Fast(@case, tsu.Unit, template)))
            .Check(PropertyRuns.Of(300));
    }

    private static byte[] Fast(Case @case, Tsu unit, TokenTemplate template)
    {
        Assert.True(TimeStampQuery.TryParse(@case.Request.Encode(), out TimeStampQuery query));
        Assert.True(unit.TryGetPolicy(query.Policy, out ReadOnlySpan<byte> prefix));
        byte[] buffer = new byte[template.BufferSize(query)];
        RandomNumberGenerator.Fill(buffer); // what the pool gives is not empty
        Span<byte> messageDigest = stackalloc byte[64];
        Span<byte> toBeSigned = stackalloc byte[64];
        int length = template.Begin(
            buffer,
            query,
            prefix,
            @case.Serial.Content.Span,
            @case.GenTime.UtcDateTime,
            unit.Accuracy,
            messageDigest,
            toBeSigned
        );
        Assert.Equal(Prepare(@case, unit).Digest.ToArray(), toBeSigned[..template.DigestLength].ToArray());
        (int offset, int total) = template.Complete(buffer, length, messageDigest, @case.Signature, query.CertReq);
        return buffer[offset..(offset + total)];
    }

    private static byte[] Plain(Case @case, Tsu unit)
    {
        SignedData skeleton = Prepare(@case, unit).Skeleton;
        SignedData token = skeleton with
        {
            Certificates = @case.Request.CertReq ? skeleton.Certificates : [],
            SignerInfos = [skeleton.SignerInfos[0] with { Signature = @case.Signature }],
        };
        return new TimeStampResp(new PkiStatusInfo(PkiStatus.Granted), token.Encode()).Encode();
    }

    private static PreparedSignature Prepare(Case @case, Tsu unit)
    {
        var info = new TstInfo
        {
            Policy = @case.Request.ReqPolicy ?? Policies[0],
            MessageImprint = @case.Request.MessageImprint,
            SerialNumber = @case.Serial,
            GenTime = @case.GenTime,
            Accuracy = Accuracy.FromTimeSpan(unit.Options.Accuracy),
            Nonce = @case.Request.Nonce,
        };
        TsuKey key = unit.Current!;
        var signer = new CadesSigner(key.Certificate.Chain, key.Algorithm);
        return signer.PrepareAttached(info.Encode(), new CadesAttributes { ContentType = Oids.TstInfo });
    }

    private sealed record Case(TimeStampReq Request, SerialNumber Serial, DateTimeOffset GenTime, byte[] Signature);

    private static Gen<Case> Cases =>
        from hash in Gen.Elements("SHA256", "SHA384", "SHA512")
        from @null in Gen.Elements(true, false)
        from policy in Gen.Elements(Policies.Append(null).ToArray())
        from nonce in Gen.Elements(-1, 0, 1, 8, 16, 20, 110, 130, 260, 3000, 70000)
        from certReq in Gen.Elements(true, false)
        from serial in Gen.Choose(1, 20)
        from seconds in Gen.Choose(0, int.MaxValue)
        from fraction in Gen.Elements(0, 1, 9_999_999, 5_000_000, 1_230_000, 10)
        from signature in Gen.Choose(1, 512)
        select new Case(
            new TimeStampReq
            {
                MessageImprint = new MessageImprint(
                    @null ? AlgorithmIdentifier.WithNull(HashAlgorithms.ToOid(new(hash))) : HashAlgorithms.Identifier(new(hash)),
                    RandomNumberGenerator.GetBytes(HashAlgorithms.DigestLength(new(hash)))
                ),
                ReqPolicy = policy,
                Nonce =
                    nonce < 0 ? default(ReadOnlyMemory<byte>?) : SerialNumber.FromUnsigned(RandomNumberGenerator.GetBytes(nonce)).Content,
                CertReq = certReq,
            },
            SerialNumber.FromUnsigned([0x40, .. RandomNumberGenerator.GetBytes(serial - 1)]),
            DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(fraction),
            RandomNumberGenerator.GetBytes(signature)
        );
}
