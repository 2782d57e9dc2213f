using System.Buffers;
using System.Security.Cryptography;

namespace EContract.Pki.Ers;

/// <summary>
/// A hash tree of millions of leaves of which only the roots of its blocks are kept (32 octets per 1024 leaves with SHA-256). A
/// leaf's way to the root is found again from the leaves of its block.
/// </summary>
public sealed class BlockedHashTree
{
    /// <summary>Leaves per block, a power of two.</summary>
    public const int BlockSize = 1024;

    private readonly HashTree _top;

    /// <param name="blockRoots">As of <see cref="BlockRoots"/>.</param>
    public BlockedHashTree(HashAlgorithmName hash, ReadOnlySpan<byte> blockRoots) => _top = new HashTree(hash, blockRoots);

    public HashAlgorithmName Hash => _top.Hash;

    public ReadOnlyMemory<byte> Root => _top.Root;

    /// <summary>The nodes beside the way from a leaf up to the root, from below.</summary>
    /// <param name="index">The leaf's place in the whole tree.</param>
    /// <param name="block">All leaves of its block: those from <see cref="BlockStart"/> on, <see cref="BlockSize"/> of them or the rest.</param>
    public IReadOnlyList<ReadOnlyMemory<byte>> Siblings(int index, HashTree block) =>
        [.. block.Siblings(index % BlockSize), .. _top.Siblings(index / BlockSize)];

    /// <summary>The place of the first leaf of a leaf's block.</summary>
    public static int BlockStart(int index) => index - (index % BlockSize);

    /// <summary>Takes the leaves in their order and gives the roots of the blocks; holds one block at a time.</summary>
    public sealed class Builder(HashAlgorithmName hash)
    {
        private readonly byte[] _block = new byte[BlockSize * HashAlgorithms.DigestLength(hash)];
        private readonly ArrayBufferWriter<byte> _roots = new();
        private int _filled; // octets of _block

        public int Count { get; private set; }

        public void Add(ReadOnlySpan<byte> leaf)
        {
            int length = _block.Length / BlockSize;
            if (leaf.Length != length)
            {
                throw new ArgumentException($"A {hash.Name} digest was expected.", nameof(leaf));
            }

            leaf.CopyTo(_block.AsSpan(_filled));
            _filled += length;
            Count++;
            if (_filled == _block.Length)
            {
                EndBlock();
            }
        }

        /// <summary>The block roots, one after the other.</summary>
        /// <exception cref="InvalidOperationException">There is no leaf.</exception>
        public byte[] BlockRoots()
        {
            if (_filled > 0)
            {
                EndBlock();
            }

            return Count > 0 ? _roots.WrittenSpan.ToArray() : throw new InvalidOperationException("A hash tree has at least one leaf.");
        }

        private void EndBlock()
        {
            _roots.Write(new HashTree(hash, _block.AsSpan(0, _filled)).Root.Span);
            _filled = 0;
        }
    }
}
