using System.Runtime.CompilerServices;
using EContract.Ca.Registration;
using EContract.Ca.Store;
using EContract.Hosting.Callers;
using EContract.Pki;
using EContract.Pki.Crl;

namespace EContract.Ca.Revocation;

/// <summary>Changes of status in the order in which they took effect, from a cursor on, without an end.</summary>
public sealed class StatusFeed(CaDatabase database, FeedSignal signal)
{
    private const int BatchSize = 500;

    public async IAsyncEnumerable<StatusEvent> WatchAsync(
        long cursor,
        OrganisationScope scope,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var next = signal.NextAsync(); // before the read, so that nothing falls between
            var batch = await ReadAsync(cursor, scope, cancellationToken);
            foreach (var e in batch)
            {
                cursor = e.Position;
                yield return e;
            }

            if (batch.Count < BatchSize)
            {
                await signal.WaitAsync(next, cancellationToken);
            }
        }
    }

    internal async Task<IReadOnlyList<StatusEvent>> ReadAsync(long cursor, OrganisationScope scope, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            context => context.ListStatusEventsAsync(cursor, scope, BatchSize, cancellationToken),
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new StatusEvent(
                row.Position,
                row.Authority,
                SerialNumber.FromContent(row.Serial),
                row.Status,
                (CrlReason?)row.Reason,
                row.ChangedAt,
                row.SubscriberId
            )),
        ];
    }
}
