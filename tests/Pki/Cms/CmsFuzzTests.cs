using System.Security.Cryptography;
using EContract.Pki.Cms;
using EContract.Pki.Cms.Archive;
using EContract.Pki.Tsp;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Pki.Tests.Cms;

/// <summary>
/// Readers of CMS and time-stamp octets: they throw nothing but <see cref="MalformedException"/>, and what they take they write so
/// that it reads the same again.
/// </summary>
public sealed class CmsFuzzTests : IDisposable
{
    private static readonly int Mutants = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 500_000 : 6000;
    private readonly TestHierarchy _hierarchy = new();
    private readonly byte[][] _corpus;

    public CmsFuzzTests()
    {
        using var key = TestKey.P256();
        byte[] leaf = _hierarchy.IssueTsa(key.SubjectPublicKeyInfo);
        var signer = new CadesSigner(_hierarchy.Chain(leaf), SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256));
        var info = new TstInfo
        {
            Policy = "2.999.1",
            MessageImprint = new MessageImprint(HashAlgorithms.Identifier(HashAlgorithmName.SHA256), new byte[32]),
            SerialNumber = SerialNumber.CreateRandom(),
            GenTime = _hierarchy.Now,
            Accuracy = Accuracy.FromTimeSpan(TimeSpan.FromSeconds(1)),
            Nonce = SerialNumber.CreateRandom().Content,
        };
        byte[] token = Sign(signer.PrepareAttached(info.Encode(), new CadesAttributes { ContentType = Oids.TstInfo })).Encode();
        var attributes = new CadesAttributes { SigningTime = _hierarchy.Now, CommitmentType = Oids.ProofOfOrigin };
        _corpus =
        [
            token,
            new TimeStampResp(new PkiStatusInfo(PkiStatus.GrantedWithMods, "é"), token).Encode(),
            new TimeStampResp(new PkiStatusInfo(PkiStatus.Rejection, "no", PkiFailureInfo.BadAlg), null).Encode(),
            info.Encode(),
            Sign(signer.PrepareAttached(new byte[40], attributes)).WithSignatureTimestamp(token).Encode(),
            Sign(signer.Prepare(new byte[32], attributes)).Encode(),
            Archived(Sign(signer.PrepareAttached(new byte[40], attributes)).WithSignatureTimestamp(token)),
        ];

        byte[] Archived(CompletedSignature signature)
        {
            PreparedArchiveTimestamp next = signature.PrepareArchiveTimestamp(HashAlgorithmName.SHA256);
            TstInfo over = info with { MessageImprint = new MessageImprint(info.MessageImprint.HashAlgorithm, next.MessageImprint) };
            return next.Complete(Sign(signer.PrepareAttached(over.Encode(), new CadesAttributes { ContentType = Oids.TstInfo })).Encode())
                .Encode();
        }

        CompletedSignature Sign(PreparedSignature prepared) => prepared.Complete(key.SignDigest(prepared.Digest, signer.Algorithm));
    }

    [Fact]
    public void A_mutant_is_taken_whole_or_refused() =>
        Prop.ForAll(
                Arb.From(
                    from seed in Gen.Elements(_corpus)
                    from times in Gen.Choose(1, 4)
                    from random in Gen.Choose(int.MinValue, int.MaxValue)
                    select Mutate(seed, times, new Random(random))
                ),
                mutant =>
                {
                    Try(() =>
                    {
                        var signedData = SignedData.Decode(mutant);
                        byte[] canonical = signedData.Encode();
                        Assert.Equal(canonical, SignedData.Decode(canonical).Encode());
                        foreach (SignerInfo signer in signedData.SignerInfos)
                        {
                            signer.DecodeSignedAttributes();
                            foreach (ReadOnlyMemory<byte> archive in ArchiveTimestampV3.Find(signer))
                            {
                                ArchiveTimestampV3.Check(signedData, signer, archive);
                            }
                        }
                    });
                    Try(() => _ = TimeStampToken.Decode(mutant).SigningCertificate);
                    Try(() => TimeStampResp.Decode(mutant));
                    Try(() =>
                    {
                        byte[] canonical = TstInfo.Decode(mutant).Encode();
                        Assert.Equal(canonical, TstInfo.Decode(canonical).Encode());
                    });
                    Try(() => CompletedSignature.Decode(mutant));
                }
            )
            .Check(PropertyRuns.Of(Mutants));

    public void Dispose() => _hierarchy.Dispose();

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (MalformedException e)
        {
            Assert.NotEmpty(e.Detail);
        }
    }

    private static byte[] Mutate(byte[] seed, int times, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int i = 0; i < times && bytes.Count > 0; i++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(64), bytes.Count - at));
                    break;
            }
        }

        return [.. bytes];
    }
}
