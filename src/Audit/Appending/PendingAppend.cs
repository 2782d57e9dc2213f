namespace EContract.Audit.Appending;

/// <summary>What waits for the writer: an event to append, or (without one) the wish to have deferred events linked.</summary>
internal sealed class PendingAppend(PreparedEvent? prepared, CancellationToken cancellation)
{
    // Continuations must not run on the writer's threads: they would hold up the next group.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PreparedEvent? Event { get; } = prepared;

    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();

    public void Fail(Exception exception) => _done.TrySetException(exception);

    /// <summary>True if the caller has gone before the first attempt: nothing will be released, so nothing is recorded.</summary>
    public bool TryAbandon() => cancellation.IsCancellationRequested && _done.TrySetCanceled(cancellation);
}
