using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EContract.Audit.Appending;

/// <summary>
/// The one thread of a node that writes its chain. While one group is flushed to disk (<see cref="GroupReleaser"/>), the next one is
/// hashed and written, and the one after gathers; an append is completed only after its flush.
/// </summary>
internal sealed class ChainWriter : IAsyncDisposable
{
    private static readonly TimeSpan IdleLinkPeriod = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _dataSource;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AppendQueue _waiting;
    private readonly GroupReleaser _releaser;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private readonly Task _ticking;
    private long _lastDeferred;
    private volatile string? _trouble;

    // Owned by the thread.
    private Chain? _chain;
    private UnlinkedEvents _unlinked;
    private DateTimeOffset _nextLink = DateTimeOffset.MinValue;

    public ChainWriter(NpgsqlDataSource dataSource, AuditOptions options, TimeProvider time, ILogger logger)
    {
        (_dataSource, _options, _time, _logger) = (dataSource, options, time, logger);
        _waiting = new AppendQueue(options.MaxWaiting);
        _unlinked = new UnlinkedEvents(options.Node, options.AdoptAfter);
        _releaser = new GroupReleaser(dataSource, options.AppendTimeout, TryEnqueue, time, logger, _stopping.Token);
        _thread = new Thread(Run) { IsBackground = true, Name = "audit chain" };
        _thread.Start();
        _ticking = Task.Run(TickAsync);
    }

    /// <summary>Why the chain can't be written at the moment; null when it can.</summary>
    public string? Trouble => _trouble ?? _releaser.Trouble;

    /// <summary>False when too many wait already.</summary>
    public bool TryEnqueue(PendingAppend append) => _waiting.TryAdd(append);

    /// <summary>A transaction with a deferred event is about to commit: look for it soon.</summary>
    public void ExpectDeferred() => Volatile.Write(ref _lastDeferred, _time.GetTimestamp());

    public async ValueTask DisposeAsync()
    {
        _waiting.Close();
        await _stopping.CancelAsync();
        await _ticking;
        await Task.Run(() =>
        {
            _thread.Join();
            _releaser.Dispose();
        });
        _chain?.Dispose();
        _stopping.Dispose();
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(_options.LinkDelay, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var recently = Volatile.Read(ref _lastDeferred) is var at && at != 0 && _time.GetElapsedTime(at) < TimeSpan.FromSeconds(5);
                if (_waiting.Count == 0 && (recently || _time.GetUtcNow() >= _nextLink))
                {
                    TryEnqueue(new PendingAppend(null, default));
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private void Run()
    {
        var group = new List<PendingAppend>(_options.MaxBatch);
        while (_waiting.TryTake(group, _options.MaxBatch, _releaser.LastReleased))
        {
            group.RemoveAll(append => append.TryAbandon());
            if (group.Count > 0)
            {
                Write(group);
                // The releaser has the former one.
                group = new List<PendingAppend>(_options.MaxBatch);
            }
        }
    }

    /// <summary>Writes a group, again and again through lost connections until the oldest wait gives up.</summary>
    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "The thread must outlive every fault; each one is logged and reaches the waiting callers."
    )]
    private void Write(List<PendingAppend> group)
    {
        var started = _time.GetTimestamp();
        var events = group.Where(append => append.Event is not null).Select(append => append.Event!).ToList();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Connect();
                // Open before anything is written: only then does its flush prove that the server still holds the group.
                var flusher = _releaser.Open();
                var missing = attempt == 1 ? events : WithoutRecorded(events);
                var unlinked = FindUnlinked(group);
                if (missing.Count + unlinked.Count > 0)
                {
                    _chain!.Commit(missing, unlinked, _time.GetUtcNow());
                }

                _trouble = null;
                if (events.Count + unlinked.Count > 0)
                {
                    _releaser.Release(new WrittenGroup(group, flusher));
                }
                else
                {
                    group.ForEach(append => append.Complete());
                }

                return;
            }
            catch (Exception exception)
            {
                _trouble = exception.Message;
                _chain?.Dispose();
                _chain = null;
                var givesUp =
                    exception is not NpgsqlException
                    || _time.GetElapsedTime(started) >= _options.AppendTimeout
                    || _stopping.IsCancellationRequested;
                _logger.LogWarning(exception, "Audit chain: group of {Count} events failed at attempt {Attempt}", events.Count, attempt);
                if (givesUp)
                {
                    group.ForEach(append => append.Fail(exception));
                    return;
                }

                _stopping.Token.WaitHandle.WaitOne(Backoff.After(attempt));
            }
        }
    }

    private void Connect()
    {
        if (_chain is null)
        {
            _chain = Chain.Claim(_dataSource, _options.Node);
            // Links that were not on disk when a server crashed are gone: what waits for its link is looked for from the beginning.
            _unlinked = new UnlinkedEvents(_options.Node, _options.AdoptAfter);
        }
    }

    /// <summary>After a lost connection it is unknown whether the group was committed; it is one transaction, so all of it or nothing was.</summary>
    private List<PreparedEvent> WithoutRecorded(List<PreparedEvent> events)
    {
        using var command = new NpgsqlCommand("select id from audit.event where id = any($1)", _chain!.Connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. events.Select(e => e.Recorded.Id)] });
        var recorded = new HashSet<Guid>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            recorded.Add(reader.GetGuid(0));
        }

        return [.. events.Where(e => !recorded.Contains(e.Recorded.Id))];
    }

    private List<UnlinkedEvent> FindUnlinked(List<PendingAppend> group)
    {
        var now = _time.GetUtcNow();
        if (now < _nextLink && group.TrueForAll(append => append.Event is not null))
        {
            return [];
        }

        var found = _unlinked.Find(_chain!.Connection, now);
        _nextLink = now + IdleLinkPeriod;
        return found;
    }
}
