namespace EContract.Audit.Merkle;

/// <summary>A complete subtree of 256ⁿ leaves: its root, and its place among the subtrees of that height.</summary>
public readonly record struct CompleteSubtree(int Level, long Position, byte[] Hash);

/// <summary>
/// A tree that grows at its right edge: of each 8 levels it keeps the hashes of the one incomplete tile of 256. Enough to compute the
/// head after any number of leaves, in memory that grows with the logarithm.
/// </summary>
public sealed class TreeFrontier
{
    public const int TileHeight = 8;
    public const int TileWidth = 1 << TileHeight;

    private readonly List<List<byte[]>> _tiles;

    /// <param name="size">Number of leaves so far.</param>
    /// <param name="tiles">The incomplete tile of levels 0, 8, 16 …</param>
    public TreeFrontier(long size = 0, IEnumerable<List<byte[]>>? tiles = null) => (Size, _tiles) = (size, [.. tiles ?? []]);

    public long Size { get; private set; }

    /// <summary>Adds a leaf hash. What it completes is handed to <paramref name="completed"/>.</summary>
    public void Add(byte[] leafHash, Action<CompleteSubtree>? completed = null)
    {
        var hash = leafHash;
        Size++;
        for (var tile = 0; ; tile++)
        {
            if (tile == _tiles.Count)
            {
                _tiles.Add([]);
            }

            _tiles[tile].Add(hash);
            if (_tiles[tile].Count < TileWidth)
            {
                return;
            }

            hash = MerkleHash.Root(_tiles[tile].ToArray());
            _tiles[tile].Clear();
            var level = (tile + 1) * TileHeight;
            completed?.Invoke(new CompleteSubtree(level, (Size >> level) - 1, hash));
        }
    }

    /// <summary>The tree head over all leaves so far.</summary>
    public byte[] Root()
    {
        byte[]? right = null;
        foreach (var tile in _tiles)
        {
            // An incomplete subtree is the last one of the level above it.
            List<byte[]> hashes = right is null ? tile : [.. tile, right];
            right = hashes.Count == 0 ? null : MerkleHash.Root(hashes.ToArray());
        }

        return right ?? MerkleHash.Empty();
    }
}
