using System.Security.Cryptography;
using System.Text;
using EContract.Pki.Ers;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Pki.Tests.Ers;

public sealed class Rfc4998_4_ArchiveTimeStampTests : IDisposable
{
    private static readonly HashAlgorithmName Sha256 = HashAlgorithmName.SHA256;
    private readonly EvidenceAuthority _authority = new();

    [Fact]
    public void The_tree_and_the_reduced_trees_of_figure_1_come_out()
    {
        // §4.2: d1, the group (d2a, d2b, d2c), d3; the tree is made by hand as the figure draws it.
        byte[] h1 = Digest("d1");
        byte[] h3 = Digest("d3");
        byte[][] group = [Digest("d2a"), Digest("d2b"), Digest("d2c")];
        byte[] h2abc = SHA256.HashData(group.OrderBy(Convert.ToHexString, StringComparer.Ordinal).SelectMany(h => h).ToArray());
        byte[] h12 = Father(h1, h2abc);
        byte[] h123 = Father(h12, h3);

        var tree = new HashTree(Sha256, (byte[])[.. h1, .. ReducedHashtree.GroupLeaf([.. group.Select(Memory)], Sha256).Span, .. h3]);
        Assert.Equal(h123, tree.Root.ToArray());
        Assert.Equal([Sorted(h1, h2abc), [Hex(h3)]], Lists(tree.Reduce(0)));
        Assert.Equal([Sorted(group), [Hex(h1)], [Hex(h3)]], Lists(ReducedHashtree.Of([.. group.Select(Memory)], tree.Siblings(1))));
        Assert.Equal([Sorted(h3, h12)], Lists(tree.Reduce(2)));
    }

    [Fact]
    public void Every_leaf_of_a_tree_of_any_size_leads_to_the_root() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(1, 3000)),
                size =>
                {
                    byte[] leaves = Leaves(size);
                    var tree = new HashTree(Sha256, leaves);
                    var builder = new BlockedHashTree.Builder(Sha256);
                    for (int i = 0; i < size; i++)
                    {
                        builder.Add(leaves.AsSpan(i * 32, 32));
                    }

                    var blocked = new BlockedHashTree(Sha256, builder.BlockRoots());
                    Assert.Equal(tree.Root.ToArray(), blocked.Root.ToArray());
                    Assert.Equal(tree.Root.ToArray(), Naive(leaves));
                    foreach (int index in (int[])[0, size / 3, size / 2, size - 1])
                    {
                        int start = BlockedHashTree.BlockStart(index);
                        var block = new HashTree(Sha256, leaves.AsSpan(start * 32, Math.Min(BlockedHashTree.BlockSize, size - start) * 32));
                        Assert.Equal(tree.Siblings(index).Select(Hex), blocked.Siblings(index, block).Select(Hex));
                        ReadOnlyMemory<byte> root = tree.Reduce(index) is { } reduced
                            ? ReducedHashtree.Root(reduced, Sha256)
                            : tree.Leaf(index);
                        Assert.Equal(tree.Root.ToArray(), root.ToArray());
                    }
                }
            )
            .Check(PropertyRuns.Of(60));

    [Theory]
    [InlineData("SHA256", 1)]
    [InlineData("SHA256", 2)]
    [InlineData("SHA384", 5)]
    [InlineData("SHA512", 1000)]
    public void Each_data_object_has_its_record_and_another_has_none(string name, int size)
    {
        var hash = new HashAlgorithmName(name);
        byte[][] digests = [.. Enumerable.Range(0, size).Select(i => CryptographicOperations.HashData(hash, BitConverter.GetBytes(i)))];
        var tree = new HashTree(hash, digests.SelectMany(d => d).ToArray());
        byte[] token = _authority.Stamp(tree.Root, hash);
        byte[] stranger = CryptographicOperations.HashData(hash, "stranger"u8);
        for (int i = 0; i < size; i++)
        {
            var record = EvidenceRecord.Of(new ArchiveTimeStamp { ReducedHashtree = tree.Reduce(i), TimeStamp = token });
            var read = EvidenceRecord.Decode(record.Encode());
            EvidenceCheck check = EvidenceVerifier.Verify(read, Of(hash, digests[i]));
            Assert.Equal(EvidenceProblem.None, check.Problem);
            Assert.NotNull(check.ExistedAt);
            Assert.Null(Assert.Single(check.TimeStamps).ValidAt);
            EvidenceCheck other = EvidenceVerifier.Verify(read, Of(hash, stranger));
            Assert.Equal(size == 1 ? EvidenceProblem.RootDiffers : EvidenceProblem.DataObjectNotCovered, other.Problem);
        }

        Assert.Equal(
            EvidenceProblem.DigestNeeded,
            EvidenceVerifier.Verify(EvidenceRecord.Of(new ArchiveTimeStamp { TimeStamp = token }), _ => null).Problem
        );
    }

    [Fact]
    public void A_group_is_proven_whole_and_nothing_more()
    {
        ReadOnlyMemory<byte>[] group = [Digest("a"), Digest("b"), Digest("c")];
        var tree = new HashTree(Sha256, (byte[])[.. ReducedHashtree.GroupLeaf(group, Sha256).Span, .. Digest("x"), .. Digest("y")]);
        var record = EvidenceRecord.Of(
            new ArchiveTimeStamp
            {
                ReducedHashtree = ReducedHashtree.Of(group, tree.Siblings(0)),
                TimeStamp = _authority.Stamp(tree.Root, Sha256),
            }
        );
        Assert.Equal(EvidenceProblem.None, EvidenceVerifier.Verify(record, _ => group, wholeGroup: true).Problem);
        Assert.Equal(EvidenceProblem.None, EvidenceVerifier.Verify(record, _ => [group[1]]).Problem);
        Assert.Equal(EvidenceProblem.GroupHasOthers, EvidenceVerifier.Verify(record, _ => group[..2], wholeGroup: true).Problem);
        Assert.Equal(EvidenceProblem.DataObjectNotCovered, EvidenceVerifier.Verify(record, _ => [group[0], Digest("x")]).Problem);
    }

    [Fact]
    public void A_tree_in_another_algorithm_than_the_time_stamp_says_so()
    {
        HashAlgorithmName sha512 = HashAlgorithmName.SHA512;
        byte[] digest = SHA512.HashData("d"u8);
        var tree = new HashTree(sha512, (byte[])[.. digest, .. SHA512.HashData("e"u8)]);
        var stated = new ArchiveTimeStamp
        {
            DigestAlgorithm = HashAlgorithms.Identifier(sha512),
            ReducedHashtree = tree.Reduce(0),
            TimeStamp = _authority.Stamp(SHA256.HashData(tree.Root.Span), Sha256),
        };
        EvidenceRecord read = EvidenceRecord.Decode(EvidenceRecord.Of(stated).Encode());
        Assert.Equal(EvidenceProblem.None, EvidenceVerifier.Verify(read, Of(sha512, digest)).Problem);
        EvidenceRecord unstated = EvidenceRecord.Of(stated with { DigestAlgorithm = null });
        Assert.Equal(EvidenceProblem.HashLengthWrong, EvidenceVerifier.Verify(unstated, Of(Sha256, Digest("d"))).Problem);
    }

    public void Dispose() => _authority.Dispose();

    private static EvidenceVerifier.DigestsOf Of(HashAlgorithmName hash, byte[] digest) => asked => asked == hash ? [digest] : null;

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static ReadOnlyMemory<byte> Memory(byte[] value) => value;

    private static byte[] Leaves(int size) => [.. Enumerable.Range(0, size).SelectMany(i => SHA256.HashData(BitConverter.GetBytes(i)))];

    private static byte[] Naive(byte[] leaves)
    {
        List<byte[]> nodes = [.. leaves.Chunk(32)];
        while (nodes.Count > 1)
        {
            nodes = [.. nodes.Chunk(2).Select(pair => pair.Length == 2 ? Father(pair[0], pair[1]) : pair[0])];
        }

        return nodes[0];
    }

    private static byte[] Father(byte[] a, byte[] b) =>
        SHA256.HashData(string.CompareOrdinal(Hex(a), Hex(b)) < 0 ? (byte[])[.. a, .. b] : [.. b, .. a]);

    private static string[] Sorted(params byte[][] values) => [.. values.Select(v => Hex(v)).Order(StringComparer.Ordinal)];

    private static string Hex(byte[] value) => Convert.ToHexString(value);

    private static string Hex(ReadOnlyMemory<byte> value) => Convert.ToHexString(value.Span);

    private static List<string[]> Lists(IReadOnlyList<PartialHashtree>? tree) =>
        [.. tree!.Select(list => list.Values.Select(Hex).ToArray())];
}
