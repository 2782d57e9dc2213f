using EContract.Signer.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EContract.Signer.Enrollment;

/// <summary>
/// Works off a feed of another role. Every node reads it; the cursor in the database makes sure that each change is applied once, in
/// order, in the transaction that moves the cursor.
/// </summary>
public abstract class FeedReader<T>(SignerDatabase database, string feed, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>Reads until the feed ends or fails.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var position = await CursorAsync(cancellationToken);
        await foreach (var change in WatchAsync(position, cancellationToken))
        {
            await using var db = await database.OpenAsync(cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var row = await db.LockCursorAsync(feed, cancellationToken);
            if (row.Cursor == position)
            {
                await ApplyAsync(db, change, cancellationToken);
                row.Cursor = position = CursorOf(change);
                await db.SaveChangesAsync(cancellationToken);
            }
            else if (row.Cursor == CursorOf(change))
            {
                // Another node was faster; until here its cursor was ahead and what came was applied.
                position = row.Cursor;
            }

            await transaction.CommitAsync(cancellationToken);
        }
    }

    protected abstract IAsyncEnumerable<T> WatchAsync(string cursor, CancellationToken cancellationToken);

    protected abstract string CursorOf(T change);

    /// <summary>In the transaction that moves the cursor.</summary>
    protected abstract Task ApplyAsync(SignerContext db, T change, CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(stoppingToken);
            }
            catch (Exception e) when (SignerDatabase.IsOutage(e))
            {
                logger.LogWarning("Feed {Feed} broke off and is read again: {Reason}", feed, e.Message);
            }

            await Task.Delay(Retry, time, stoppingToken);
        }
    }

    private async Task<string> CursorAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.GetCursorAsync(feed, cancellationToken);
    }
}
