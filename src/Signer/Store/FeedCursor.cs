namespace EContract.Signer.Store;

/// <summary>How far a feed of another role has been worked off, by whichever node.</summary>
public sealed class FeedCursor
{
    public required string Feed { get; init; }

    public required string Cursor { get; set; }
}
