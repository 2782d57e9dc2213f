using EContract.Pki.Cms;
using EContract.Pki.Ers;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Pki.Tests.Ers;

/// <summary>
/// Reader and verifier of evidence records: the reader throws nothing but <see cref="MalformedException"/> and what it takes it writes
/// octet for octet; the verifier throws nothing.
/// </summary>
public sealed class EvidenceRecordFuzzTests : IDisposable
{
    private static readonly int Mutants = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 300_000 : 4000;
    private readonly EvidenceAuthority _authority = new();

    [Fact]
    public void A_mutant_is_taken_whole_or_refused()
    {
        EvidenceRecord record = Rfc4998_5_RenewalTests.Renewed(_authority);
        byte[] small = EvidenceRecord
            .Of(
                new ArchiveTimeStamp
                {
                    TimeStamp = new byte[] { 0x30, 0 },
                    DigestAlgorithm = record.DigestAlgorithms[0],
                    ReducedHashtree = record.Sequence.Chains[0].TimeStamps[0].ReducedHashtree,
                }
            )
            .Encode();
        byte[] full = (
            record with
            {
                CryptoInfos = [new CmsAttribute("2.999.1", new byte[] { 5, 0 })],
                EncryptionInfo = new EncryptionInfo("2.999.2", new byte[] { 5, 0 }),
            }
        ).Encode();
        Assert.Equal(full, EvidenceRecord.Decode(full).Encode());
        Prop.ForAll(
                Arb.From(
                    from seed in Gen.Elements(full, small, record.Encode())
                    from times in Gen.Choose(1, 4)
                    from random in Gen.Choose(int.MinValue, int.MaxValue)
                    select Mutate(seed, times, new Random(random))
                ),
                mutant =>
                {
                    try
                    {
                        var read = EvidenceRecord.Decode(mutant);
                        Assert.Equal(mutant, read.Encode());
                        EvidenceVerifier.Verify(read, Rfc4998_5_RenewalTests.DigestsOf);
                    }
                    catch (MalformedException e)
                    {
                        Assert.NotEmpty(e.Detail);
                    }
                }
            )
            .Check(PropertyRuns.Of(Mutants));
    }

    public void Dispose() => _authority.Dispose();

    private static byte[] Mutate(byte[] seed, int times, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int i = 0; i < times && bytes.Count > 0; i++)
        {
            // Half of the changes meet the first octets, where the structure is.
            int at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 200) : bytes.Count);
            switch (random.Next(4))
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
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
            }
        }

        return [.. bytes];
    }
}
