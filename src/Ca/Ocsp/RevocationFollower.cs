using System.Collections.Concurrent;
using EContract.Ca.Registration;
using EContract.Ca.Revocation;
using EContract.Ca.Store;
using EContract.Hosting.Callers;
using EContract.Pki;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Ocsp;

/// <summary>
/// Follows the feed of status changes for this node's cache. An answer read from the database at position p is stale as soon as the
/// feed has an event for its certificate after p; and while the feed can't be read, nothing cached is given out.
/// </summary>
public sealed class RevocationFollower(
    StatusFeed feed,
    FeedSignal signal,
    CaDatabase database,
    TimeProvider time,
    IOptions<OcspOptions> options,
    ILogger<RevocationFollower> logger
) : BackgroundService
{
    // Certificate → position of its last event. Written by the follower only; an entry outlives every answer made before it.
    private readonly ConcurrentDictionary<(string Authority, SerialNumber Serial), (long Position, long Seen)> _changed = new();

    private long _position = -1;
    private long _confirmed; // timestamp of the last complete read; written after _position and _changed

    /// <summary>The feed told something new, from this node or another.</summary>
    public event Action? Changed;

    /// <summary>What a read of the database that starts now is sure to see.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>True while the feed is being read to its end often enough to trust cached answers.</summary>
    public bool IsCurrent => Position >= 0 && time.GetElapsedTime(Interlocked.Read(ref _confirmed)) <= options.Value.MaxStaleness;

    public bool ChangedSince(string authority, SerialNumber serial, long position) =>
        _changed.TryGetValue((authority, serial), out var last) && last.Position > position;

    /// <summary>Reads the feed to its end once.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (Position < 0)
        {
            var last = await database.ReadAsync(context => context.EndOfStatusEventsAsync(cancellationToken), cancellationToken);
            Interlocked.Exchange(ref _position, last); // nothing is cached yet, so older events don't matter
        }

        while (true)
        {
            var batch = await feed.ReadAsync(Position, OrganisationScope.All, cancellationToken);
            foreach (var e in batch)
            {
                _changed[(e.Authority, e.SerialNumber)] = (e.Position, started);
                Interlocked.Exchange(ref _position, e.Position);
            }

            if (batch.Count == 0)
            {
                break;
            }

            Changed?.Invoke();
        }

        Interlocked.Exchange(ref _confirmed, started);
        Forget();
    }

    private void Forget()
    {
        foreach (var (key, value) in _changed)
        {
            if (time.GetElapsedTime(value.Seen) > 2 * options.Value.CacheLifetime)
            {
                _changed.TryRemove(new(key, value));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var next = signal.NextAsync();
            try
            {
                await CatchUpAsync(stoppingToken);
            }
            catch (Exception e) when (CaDatabase.IsOutage(e) && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(
                    "the feed of status changes can't be read: {Message}; cached OCSP answers are not used meanwhile",
                    e.Message
                );
            }

            await signal.WaitAsync(next, stoppingToken);
        }
    }
}
