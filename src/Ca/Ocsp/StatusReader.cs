using System.Threading.Channels;
using EContract.Ca.Store;
using EContract.Hosting.Errors;
using EContract.Pki;
using Npgsql;

namespace EContract.Ca.Ocsp;

/// <summary>
/// Looks statuses up. Look-ups that arrive while one is under way share the next round trip, so that the database's share of an
/// answer falls as the load rises.
/// </summary>
public sealed class StatusReader : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<Lookup> _lookups = Channel.CreateBounded<Lookup>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.Wait }
    );

    private readonly StandingQuery _query; // the worker's
    private readonly Task _worker;

    public StatusReader(CaDatabase database)
    {
        _query = new StandingQuery(database);
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>The standing of an issued certificate; null if the authority never issued that serial number.</summary>
    /// <exception cref="ServiceException"><see cref="Fault.Overloaded"/>; <see cref="NpgsqlException"/> if the database is away.</exception>
    public Task<CertificateStanding?> ReadAsync(string authority, SerialNumber serial, CancellationToken cancellationToken)
    {
        var lookup = new Lookup(authority, serial);
        return _lookups.Writer.TryWrite(lookup)
            ? lookup.Done.Task.WaitAsync(cancellationToken)
            : throw new ServiceException(Fault.Overloaded, "too many status look-ups are waiting");
    }

    private async Task WorkAsync()
    {
        var batch = new List<Lookup>(MaxBatch);
        while (await _lookups.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _lookups.Reader.TryRead(out var lookup))
            {
                batch.Add(lookup);
            }

            await AnswerAsync(batch);
        }
    }

    private async Task AnswerAsync(List<Lookup> batch)
    {
        try
        {
            var found = await _query.ReadAsync([.. batch.Select(lookup => lookup.Serial.Content.ToArray())]);
            foreach (var lookup in batch)
            {
                lookup.Done.TrySetResult(found.TryGetValue((lookup.Authority, lookup.Serial), out var standing) ? standing : null);
            }
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            batch.ForEach(lookup => lookup.Done.TrySetException(e));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _lookups.Writer.TryComplete();
        await _worker;
        await _query.DisposeAsync();
    }

    private sealed record Lookup(string Authority, SerialNumber Serial)
    {
        public TaskCompletionSource<CertificateStanding?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
