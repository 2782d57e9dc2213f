using EContract.Audit.Merkle;
using Npgsql;

namespace EContract.Audit.Checkpoints;

/// <summary>The tree as the database holds it, up to a checkpoint's size: stored levels are read by tiles of 256, the rest is computed.</summary>
internal sealed class DatabaseTree(NpgsqlConnection connection, long size) : ITreeReader
{
    private readonly Dictionary<(int Level, long Tile), List<byte[]>> _tiles = [];

    public async ValueTask<byte[]> ReadAsync(int level, long position, CancellationToken cancellationToken)
    {
        var stored = level - (level % TreeFrontier.TileHeight);
        var width = 1L << (level - stored);
        var first = position * width;
        var tile = first / TreeFrontier.TileWidth;
        if (!_tiles.TryGetValue((stored, tile), out var hashes))
        {
            var start = tile * TreeFrontier.TileWidth;
            var end = Math.Min(start + TreeFrontier.TileWidth, size >> stored) - 1;
            hashes = await CheckpointStore.ReadLevelAsync(connection, stored, start, end, cancellationToken);
            _tiles.Add((stored, tile), hashes);
        }

        return MerkleHash.Root(hashes.Slice((int)(first % TreeFrontier.TileWidth), (int)width).ToArray());
    }
}
