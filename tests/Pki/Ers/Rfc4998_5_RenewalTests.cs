using System.Security.Cryptography;
using EContract.Pki.Ers;
using Xunit;

namespace EContract.Pki.Tests.Ers;

public sealed class Rfc4998_5_RenewalTests : IDisposable
{
    private static readonly byte[] Document = "契約書"u8.ToArray();
    private static readonly HashAlgorithmName Sha256 = HashAlgorithmName.SHA256;
    private static readonly HashAlgorithmName Sha512 = HashAlgorithmName.SHA512;
    private readonly EvidenceAuthority _authority = new();

    [Fact]
    public void Time_stamps_and_hash_trees_are_renewed_over_and_over()
    {
        EvidenceRecord record = Renewed();
        Assert.Equal([3, 2], record.Sequence.Chains.Select(chain => chain.TimeStamps.Count));
        var read = EvidenceRecord.Decode(record.Encode());
        EvidenceCheck check = EvidenceVerifier.Verify(read, DigestsOf);
        Assert.Equal(EvidenceProblem.None, check.Problem);
        Assert.Equal(5, check.TimeStamps.Count);
        Assert.Equal(
            check.TimeStamps.Skip(1).Select(t => (DateTimeOffset?)t.Token.TstInfo.GenTime),
            check.TimeStamps.SkipLast(1).Select(t => t.ValidAt)
        );
        Assert.Equal([Oids.Sha256, Oids.Sha512], read.DigestAlgorithms.Select(a => a.Oid));
    }

    [Fact]
    public void Every_renewal_is_missed_where_it_is_taken_out_or_moved()
    {
        EvidenceRecord record = Renewed();
        ArchiveTimeStamp[] first = [.. record.Sequence.Chains[0].TimeStamps];
        ArchiveTimeStamp[] second = [.. record.Sequence.Chains[1].TimeStamps];
        AssertFails(EvidenceProblem.TimeStampNotCovered, 0, 2, [first[0], first[2]], second, shifted: true);
        AssertFails(EvidenceProblem.ChainsNotCovered, 1, 0, [first[0], first[1]], second);
        AssertFails(EvidenceProblem.OrderWrong, 0, 2, [first[0], first[2], first[1]], second);
        AssertFails(EvidenceProblem.DataObjectNotCovered, 0, 0, [first[1], first[2]], second);
        AssertFails(EvidenceProblem.AlgorithmsDifferInChain, 0, 3, [.. first, second[0]], [second[1]]);

        void AssertFails(EvidenceProblem problem, int chain, int position, ArchiveTimeStamp[] a, ArchiveTimeStamp[] b, bool shifted = false)
        {
            var changed = EvidenceRecord.Of(new ArchiveTimeStampSequence([new(a), new(b)]));
            EvidenceCheck check = EvidenceVerifier.Verify(changed, DigestsOf);
            // A renewal covers all before it in its chain, so that what misses one is found a link later.
            Assert.Equal(shifted ? EvidenceProblem.ChainsNotCovered : problem, check.Problem);
            Assert.Equal(shifted ? (1, 0) : (chain, position), (check.Chain, check.Position));
        }
    }

    [Fact]
    public void Any_flipped_bit_that_hashes_cover_fails()
    {
        byte[] encoded = Renewed().Encode();
        byte[] lastToken = Renewed().Sequence.Chains[^1].TimeStamps[^1].TimeStamp.ToArray();
        int uncovered = 0;
        // What follows the last hash tree is the last time-stamp itself: its signature is its TSA's word.
        int end = encoded.Length - lastToken.Length - 64;
        for (int bit = 0; bit < end * 8; bit += 3)
        {
            byte[] flipped = [.. encoded];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                if (EvidenceVerifier.Verify(EvidenceRecord.Decode(flipped), DigestsOf).IsIntact)
                {
                    uncovered++;
                }
            }
            catch (MalformedException) { }
        }

        Assert.Equal(0, uncovered);
    }

    public void Dispose() => _authority.Dispose();

    internal static IReadOnlyList<ReadOnlyMemory<byte>>? DigestsOf(HashAlgorithmName hash) =>
        [CryptographicOperations.HashData(hash, Document)];

    private EvidenceRecord Renewed() => Renewed(_authority);

    /// <summary>Two time-stamp renewals, a hash-tree renewal to SHA-512, another time-stamp renewal; each among strangers.</summary>
    internal static EvidenceRecord Renewed(EvidenceAuthority authority)
    {
        var record = EvidenceRecord.Of(Cover(Sha256, DigestsOf(Sha256)!));
        record = record.WithTimeStamp(Cover(Sha256, record.RenewalDigests(Sha256)));
        record = record.WithTimeStamp(Cover(Sha256, record.RenewalDigests(Sha256)));
        record = record.WithChain(Cover(Sha512, [record.Sequence.RenewedDigest(SHA512.HashData(Document), Sha512)]));
        return record.WithTimeStamp(Cover(Sha512, record.RenewalDigests(Sha512)));

        ArchiveTimeStamp Cover(HashAlgorithmName hash, IReadOnlyList<ReadOnlyMemory<byte>> objects)
        {
            byte[] strangers = CryptographicOperations.HashData(hash, RandomNumberGenerator.GetBytes(8));
            var tree = new HashTree(hash, (byte[])[.. strangers, .. ReducedHashtree.GroupLeaf(objects, hash).Span, .. strangers]);
            return new ArchiveTimeStamp
            {
                ReducedHashtree = ReducedHashtree.Of(objects, tree.Siblings(1)),
                TimeStamp = authority.Stamp(tree.Root, hash),
            };
        }
    }
}
