using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EContract.Ca.Store;

/// <summary>
/// Listens for NOTIFY and wakes whoever waits for a feed. A lost connection only means waiting up to the poll interval: every
/// waiter also wakes by itself.
/// </summary>
public sealed class FeedSignal(CaDatabase database, TimeProvider time, ILogger<FeedSignal> logger) : BackgroundService
{
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // Guarded by _lock; completed and replaced at every notification.
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next notification after this call.</summary>
    public Task NextAsync()
    {
        lock (_lock)
        {
            return _next.Task;
        }
    }

    /// <summary>Waits for <paramref name="next"/> or the poll interval, whichever comes first.</summary>
    public async Task WaitAsync(Task next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(PollInterval, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time to look anyway.
        }
    }

    internal void Raise()
    {
        TaskCompletionSource raised;
        lock (_lock)
        {
            raised = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        raised.SetResult();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or System.Net.Sockets.SocketException or IOException)
            {
                logger.LogWarning("the notification connection was lost: {Message}; readers poll meanwhile", e.Message);
                await Task.Delay(PollInterval, time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(stoppingToken);
        connection.Notification += (_, _) => Raise();
        await using (var listen = new NpgsqlCommand($"LISTEN {Feeds.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stoppingToken);
        }

        Raise(); // What came while nobody listened.
        while (true)
        {
            await connection.WaitAsync(stoppingToken);
        }
    }
}
