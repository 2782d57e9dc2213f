using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EContract.Audit.Appending;

/// <summary>
/// The one loop of a node that writes its chain. While one group is being committed the next one gathers, so that many callers share
/// one flush to disk; an append is completed only after its commit.
/// </summary>
internal sealed class ChainWriter : IAsyncDisposable
{
    private static readonly TimeSpan IdleLinkPeriod = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _dataSource;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<PendingAppend> _waiting;
    private readonly UnlinkedEvents _unlinked;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private readonly Task _ticking;
    private long _lastDeferred;

    // Owned by the loop.
    private Chain? _chain;
    private DateTimeOffset _nextLink = DateTimeOffset.MinValue;

    public ChainWriter(NpgsqlDataSource dataSource, AuditOptions options, TimeProvider time, ILogger logger)
    {
        (_dataSource, _options, _time, _logger) = (dataSource, options, time, logger);
        _waiting = Channel.CreateBounded<PendingAppend>(new BoundedChannelOptions(options.MaxWaiting) { SingleReader = true });
        _unlinked = new UnlinkedEvents(options.Node, options.AdoptAfter);
        _loop = Task.Run(RunAsync);
        _ticking = Task.Run(TickAsync);
    }

    /// <summary>Name of the chain; null until it is claimed.</summary>
    public string? ChainName { get; private set; }

    /// <summary>Why the chain can't be written at the moment; null when it can.</summary>
    public string? Trouble { get; private set; }

    public int Waiting => _waiting.Reader.Count;

    /// <summary>False when too many wait already.</summary>
    public bool TryEnqueue(PendingAppend append) => _waiting.Writer.TryWrite(append);

    /// <summary>A transaction with a deferred event is about to commit: look for it soon.</summary>
    public void ExpectDeferred() => Volatile.Write(ref _lastDeferred, _time.GetTimestamp());

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _ticking;
        await _loop;
        if (_chain is not null)
        {
            await _chain.DisposeAsync();
        }

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
                if (_waiting.Reader.Count == 0 && (recently || _time.GetUtcNow() >= _nextLink))
                {
                    _waiting.Writer.TryWrite(new PendingAppend(null, default));
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task RunAsync()
    {
        var group = new List<PendingAppend>(_options.MaxBatch);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < _options.MaxBatch && _waiting.Reader.TryRead(out var append))
            {
                if (append.IsAbandoned)
                {
                    append.Abandon();
                }
                else
                {
                    group.Add(append);
                }
            }

            if (group.Count > 0)
            {
                await CommitAsync(group);
            }
        }
    }

    /// <summary>Commits a group, again and again through lost connections until the oldest wait gives up.</summary>
    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "The loop must outlive every fault; each one is logged and reaches the waiting callers."
    )]
    private async Task CommitAsync(List<PendingAppend> group)
    {
        var started = _time.GetTimestamp();
        var events = group.Where(append => append.Event is not null).Select(append => append.Event!).ToList();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ConnectAsync();
                var missing = attempt == 1 ? events : await WithoutRecordedAsync(events);
                var unlinked = await FindUnlinkedAsync(group);
                if (missing.Count + unlinked.Count > 0)
                {
                    await _chain!.CommitAsync(missing, unlinked, _time.GetUtcNow(), CancellationToken.None);
                }

                Trouble = null;
                group.ForEach(append => append.Complete());
                return;
            }
            catch (Exception exception)
            {
                Trouble = exception.Message;
                await DropChainAsync();
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

                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(50 << Math.Min(attempt, 5), 1000)), _time);
            }
        }
    }

    private async Task ConnectAsync()
    {
        if (_chain is null)
        {
            _chain = await Chain.ClaimAsync(_dataSource, _options.Node, CancellationToken.None);
            ChainName = _chain.Name;
        }
    }

    private async Task DropChainAsync()
    {
        if (_chain is { } chain)
        {
            _chain = null;
            await chain.DisposeAsync();
        }
    }

    /// <summary>After a lost connection it is unknown whether the group was committed; it is one transaction, so all of it or nothing was.</summary>
    private async Task<List<PreparedEvent>> WithoutRecordedAsync(List<PreparedEvent> events)
    {
        await using var command = new NpgsqlCommand("select id from audit.event where id = any($1)", _chain!.Connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. events.Select(e => e.Recorded.Id)] });
        var recorded = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            recorded.Add(reader.GetGuid(0));
        }

        return [.. events.Where(e => !recorded.Contains(e.Recorded.Id))];
    }

    private async Task<List<UnlinkedEvent>> FindUnlinkedAsync(List<PendingAppend> group)
    {
        var now = _time.GetUtcNow();
        if (now < _nextLink && group.TrueForAll(append => append.Event is not null))
        {
            return [];
        }

        var found = await _unlinked.FindAsync(_chain!.Connection, now, CancellationToken.None);
        _nextLink = now + IdleLinkPeriod;
        return found;
    }
}
