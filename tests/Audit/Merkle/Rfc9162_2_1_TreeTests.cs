using System.Security.Cryptography;
using EContract.Audit.Merkle;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Audit.Tests.Merkle;

public sealed class Rfc9162_2_1_TreeTests
{
    /// <summary>The eight leaves that every RFC 6962 implementation is tested with (certificate-transparency's reference tests).</summary>
    private static readonly byte[][] ReferenceLeaves =
    [
        [],
        [0x00],
        [0x10],
        [0x20, 0x21],
        [0x30, 0x31],
        [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_reference_trees_have_the_reference_roots(int leaves, string root)
    {
        var tree = new TreeFrontier();
        foreach (var leaf in ReferenceLeaves.Take(leaves))
        {
            tree.Add(SHA256.HashData([0, .. leaf]));
        }

        Assert.Equal(root, Convert.ToHexStringLower(tree.Root()));
    }

    [Fact]
    public void The_growing_edge_has_the_root_of_the_definition_across_tile_borders()
    {
        var leaves = Leaves(70_000);
        var frontier = new TreeFrontier();
        var completed = 0;
        for (var i = 0; i < leaves.Length; i++)
        {
            frontier.Add(leaves[i], _ => completed++);
            if (i is 254 or 255 or 256 or 511 or 65_534 or 65_535 or 65_536 or 69_999)
            {
                Assert.Equal(MerkleHash.Root(leaves.AsSpan(0, i + 1)), frontier.Root());
            }
        }

        Assert.Equal((70_000 / 256) + 1, completed);
    }

    [Fact]
    public void Every_leaf_of_every_small_tree_is_proven_and_no_other_hash_is()
    {
        var leaves = Leaves(70);
        for (var size = 1; size <= leaves.Length; size++)
        {
            var tree = new MemoryTree(leaves);
            var root = MerkleHash.Root(leaves.AsSpan(0, size));
            for (var leaf = 0; leaf < size; leaf++)
            {
                var proof = Run(MerkleProof.InclusionAsync(tree, leaf, size, default));
                Assert.True(MerkleProof.VerifyInclusion(leaf, size, leaves[leaf], proof, root));
                Assert.False(MerkleProof.VerifyInclusion(leaf, size, leaves[(leaf + 1) % 70], proof, root));
                Assert.Equal(size == 1, MerkleProof.VerifyInclusion((leaf + 1) % size, size, leaves[leaf], proof, root));
            }
        }
    }

    [Fact]
    public void Every_pair_of_small_trees_is_consistent_and_a_changed_past_is_not()
    {
        var leaves = Leaves(40);
        var forged = Leaves(40);
        forged[0] = SHA256.HashData("forged"u8);
        for (var second = 1; second <= leaves.Length; second++)
        {
            var secondRoot = MerkleHash.Root(leaves.AsSpan(0, second));
            for (var first = 1; first <= second; first++)
            {
                var proof = Run(MerkleProof.ConsistencyAsync(new MemoryTree(leaves), first, second, default));
                var firstRoot = MerkleHash.Root(leaves.AsSpan(0, first));
                Assert.True(MerkleProof.VerifyConsistency(first, second, firstRoot, secondRoot, proof));
                Assert.False(MerkleProof.VerifyConsistency(first, second, MerkleHash.Root(forged.AsSpan(0, first)), secondRoot, proof));
            }
        }
    }

    [Fact]
    public void A_proof_with_any_bit_flipped_proves_nothing() =>
        Check.One(
            PropertyRuns.Of(300),
            Prop.ForAll(
                Gen.Choose(2, 200)
                    .SelectMany(size =>
                        Gen.Choose(0, size - 1).SelectMany(leaf => Gen.Choose(0, int.MaxValue).Select(bit => (size, leaf, bit)))
                    )
                    .ToArbitrary(),
                sample =>
                {
                    var (size, leaf, bit) = sample;
                    var leaves = Leaves(size);
                    var proof = Run(MerkleProof.InclusionAsync(new MemoryTree(leaves), leaf, size, default));
                    var hash = proof[bit % proof.Count];
                    hash[bit % 32] ^= (byte)(1 << (bit % 8));
                    return !MerkleProof.VerifyInclusion(leaf, size, leaves[leaf], proof, MerkleHash.Root(leaves));
                }
            )
        );

    private static byte[][] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => SHA256.HashData(BitConverter.GetBytes(i)))];

    private static T Run<T>(Task<T> task) =>
        task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("A tree in memory answers at once.");

    private sealed class MemoryTree(byte[][] leaves) : ITreeReader
    {
        public ValueTask<byte[]> ReadAsync(int level, long position, CancellationToken cancellationToken) =>
            ValueTask.FromResult((byte[])MerkleHash.Root(leaves.AsSpan((int)(position << level), 1 << level)).Clone());
    }
}
