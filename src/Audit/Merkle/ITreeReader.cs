namespace EContract.Audit.Merkle;

/// <summary>Gives hashes of a tree's complete subtrees.</summary>
public interface ITreeReader
{
    /// <summary>Root of the complete subtree over the leaves position·2^level … (position+1)·2^level − 1.</summary>
    ValueTask<byte[]> ReadAsync(int level, long position, CancellationToken cancellationToken);
}
