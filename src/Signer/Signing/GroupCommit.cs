using System.Threading.Channels;
using EContract.Hosting.Errors;

namespace EContract.Signer.Signing;

/// <summary>
/// Lets concurrent calls share one commit: whatever came in while the last batch was written makes up the next one. Nobody waits for
/// a batch to fill.
/// </summary>
internal sealed class GroupCommit<T> : IAsyncDisposable
    where T : class
{
    private readonly Channel<Entry> _waiting;
    private readonly Func<IReadOnlyList<T>, Task> _write;
    private readonly int _maxBatch;
    private readonly Task _loop;

    /// <param name="write">Commits a batch, or throws and has committed nothing of it.</param>
    public GroupCommit(Func<IReadOnlyList<T>, Task> write, int maxBatch, int maxWaiting)
    {
        _write = write;
        _maxBatch = maxBatch;
        _waiting = Channel.CreateBounded<Entry>(new BoundedChannelOptions(maxWaiting) { SingleReader = true });
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Completes when the item is committed.</summary>
    /// <exception cref="ServiceException">OVERLOADED: too many wait already.</exception>
    public Task CommitAsync(T item)
    {
        var entry = new Entry(item);
        return _waiting.Writer.TryWrite(entry)
            ? entry.Done.Task
            : throw new ServiceException(Fault.Overloaded, "Too many signatures wait to be recorded.")
            {
                RetryAfter = TimeSpan.FromMilliseconds(200),
            };
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var batch = new List<Entry>(_maxBatch);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < _maxBatch && _waiting.Reader.TryRead(out var entry))
            {
                batch.Add(entry);
            }

            await WriteAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<Entry> batch)
    {
        try
        {
            await _write(batch.ConvertAll(entry => entry.Item));
            batch.ForEach(entry => entry.Done.SetResult());
        }
        catch (Exception) when (batch.Count > 1)
        {
            // One of them may be at fault: each by itself gets its own answer.
            foreach (var entry in batch)
            {
                await WriteAsync([entry]);
            }
        }
        catch (Exception e)
        {
            batch[0].Done.SetException(e);
        }
    }

    private sealed record Entry(T Item)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
