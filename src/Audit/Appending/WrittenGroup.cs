namespace EContract.Audit.Appending;

/// <summary>A group of appends that is committed, but perhaps not on disk yet.</summary>
/// <param name="Appends">In the order of the chain.</param>
/// <param name="Flusher">
/// Was open before the group was written. As long as it lives the server has not crashed since, so its next flush covers the group.
/// </param>
internal sealed record WrittenGroup(IReadOnlyList<PendingAppend> Appends, WalFlusher Flusher);
