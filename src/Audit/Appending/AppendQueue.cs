namespace EContract.Audit.Appending;

/// <summary>
/// What waits for the writer. It is taken in groups: callers that were just answered mostly come back at once, so a group waits a
/// moment for as many as the last flush answered. Without that the first of them would have a flush of its own, and all others would
/// wait through two.
/// </summary>
internal sealed class AppendQueue(int capacity)
{
    /// <summary>Far below a flush to disk; only spent when fewer callers come back than were answered.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    private readonly object _lock = new();

    // Guarded by _lock.
    private readonly Queue<PendingAppend> _waiting = new();
    private int _wanted = 1;
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>False when too many wait already, or the queue is closed.</summary>
    public bool TryAdd(PendingAppend append)
    {
        lock (_lock)
        {
            if (_closed || _waiting.Count >= capacity)
            {
                return false;
            }

            _waiting.Enqueue(append);
            if (_waiting.Count >= _wanted)
            {
                Monitor.Pulse(_lock);
            }

            return true;
        }
    }

    /// <summary>Waits for the next group and moves it into <paramref name="group"/>; false when the queue is closed and empty.</summary>
    /// <param name="expected">How many are likely to come.</param>
    public bool TryTake(List<PendingAppend> group, int most, int expected)
    {
        lock (_lock)
        {
            _wanted = 1;
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_lock);
            }

            if (_waiting.Count < expected && !_closed)
            {
                _wanted = Math.Min(expected, most);
                Monitor.Wait(_lock, Patience);
            }

            while (group.Count < most && _waiting.TryDequeue(out var append))
            {
                group.Add(append);
            }

            return true;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }
}
