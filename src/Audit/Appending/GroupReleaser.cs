using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EContract.Audit.Appending;

/// <summary>
/// The second stage of the writer: brings written groups to disk, all that have gathered with one flush, and completes their appends.
/// Meanwhile the first stage writes the next group. A thread of its own: the database's answer wakes it directly.
/// </summary>
internal sealed class GroupReleaser : IDisposable
{
    /// <summary>Groups written ahead of the flush. More would only make the groups smaller.</summary>
    private const int MaxAhead = 2;

    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopping;
    private readonly Func<PendingAppend, bool> _writeAgain;
    private readonly BlockingCollection<WrittenGroup> _written = new(MaxAhead);
    private readonly Lock _opening = new();
    private readonly Thread _thread;

    // Set under _opening; dropped by the thread.
    private volatile WalFlusher? _flusher;
    private volatile int _lastReleased;
    private volatile string? _trouble;

    /// <param name="patience">How long a group's appends wait for a database that is away.</param>
    /// <param name="writeAgain">Takes an append back whose record a crash of the server has lost; false: there is no room for it.</param>
    public GroupReleaser(
        NpgsqlDataSource dataSource,
        TimeSpan patience,
        Func<PendingAppend, bool> writeAgain,
        TimeProvider time,
        ILogger logger,
        CancellationToken stopping
    )
    {
        (_dataSource, _patience, _writeAgain, _time, _logger, _stopping) = (dataSource, patience, writeAgain, time, logger, stopping);
        _thread = new Thread(Run) { IsBackground = true, Name = "audit flush" };
        _thread.Start();
    }

    /// <summary>Why nothing can be flushed at the moment; null when it can.</summary>
    public string? Trouble => _trouble;

    /// <summary>How many appends the last flush completed.</summary>
    public int LastReleased => _lastReleased;

    /// <summary>The flusher that a group to be written now will name.</summary>
    public WalFlusher Open()
    {
        if (_flusher is { } open)
        {
            return open;
        }

        lock (_opening)
        {
            return _flusher ??= WalFlusher.Open(_dataSource);
        }
    }

    /// <summary>Completes the group's appends once they are on disk. Waits only when too many groups are ahead of the flush.</summary>
    public void Release(WrittenGroup group) => _written.Add(group, CancellationToken.None);

    public void Dispose()
    {
        _written.CompleteAdding();
        _thread.Join();
        _flusher?.Dispose();
        _written.Dispose();
    }

    private void Run()
    {
        var groups = new List<WrittenGroup>(MaxAhead);
        foreach (var first in _written.GetConsumingEnumerable(CancellationToken.None))
        {
            groups.Clear();
            groups.Add(first);
            while (_written.TryTake(out var next))
            {
                groups.Add(next);
            }

            if (!TryFlush(groups))
            {
                Recover([.. groups.SelectMany(group => group.Appends)]);
            }
        }
    }

    /// <summary>False: whether the groups are still there has to be looked up.</summary>
    private bool TryFlush(List<WrittenGroup> groups)
    {
        if (_flusher is not { } flusher || groups.Exists(group => !ReferenceEquals(group.Flusher, flusher)))
        {
            return false;
        }

        try
        {
            flusher.Flush();
        }
        catch (NpgsqlException exception)
        {
            Note(exception);
            return false;
        }

        _lastReleased = groups.Sum(group => group.Appends.Count);
        foreach (var group in groups)
        {
            Complete(group.Appends);
        }

        return true;
    }

    /// <summary>
    /// The flusher broke: perhaps with the server, and then what was not on disk is gone. What the server still knows is flushed
    /// anew; what it lost is written again, for nobody has been told of it.
    /// </summary>
    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "The thread must outlive every fault; each one is logged and reaches the waiting callers."
    )]
    private void Recover(List<PendingAppend> appends)
    {
        var started = _time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var flusher = Open();
                var recorded = flusher.FindRecorded([
                    .. appends.Where(append => append.Event is not null).Select(append => append.Event!.Recorded.Id),
                ]);
                flusher.Flush();
                var isKept = appends.ToLookup(append => append.Event is { } written && recorded.Contains(written.Recorded.Id));
                Complete(isKept[true]);
                foreach (var lost in isKept[false].Where(lost => !_writeAgain(lost)))
                {
                    lost.Fail(new NpgsqlException("The database has lost the event before it was on disk."));
                }

                return;
            }
            catch (Exception exception)
            {
                Note(exception);
                if (exception is not NpgsqlException || _time.GetElapsedTime(started) >= _patience || _stopping.IsCancellationRequested)
                {
                    appends.ForEach(append => append.Fail(exception));
                    return;
                }

                _stopping.WaitHandle.WaitOne(Backoff.After(attempt));
            }
        }
    }

    private void Complete(IEnumerable<PendingAppend> appends)
    {
        _trouble = null;
        foreach (var append in appends)
        {
            append.Complete();
        }
    }

    private void Note(Exception exception)
    {
        _trouble = exception.Message;
        _logger.LogWarning(exception, "Audit chain: written events could not be flushed to disk");
        if (_flusher is { } flusher)
        {
            _flusher = null;
            flusher.Dispose();
        }
    }
}
