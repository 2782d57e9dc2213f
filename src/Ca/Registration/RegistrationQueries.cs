using System.Runtime.CompilerServices;
using EContract.Ca.Store;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;

namespace EContract.Ca.Registration;

/// <summary>
/// Reading what is registered: single objects, pages in order of making, and feeds; each only of subscribers for whom the caller
/// may act.
/// </summary>
public sealed class RegistrationQueries(CaDatabase database, FeedSignal signal, TimeProvider time)
{
    private const int FeedBatch = 500;

    public Task<Subscriber> GetSubscriberAsync(SubscriberId id, OrganisationScope scope, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
            {
                var subscriber =
                    (await context.FindSubscriberAsync(id.Value, cancellationToken))?.ToSubscriber()
                    ?? throw new ServiceException(Fault.SubscriberNotFound, "there is no such subscriber");
                scope.Require(subscriber.Data.NameOrganisations());
                return subscriber;
            },
            cancellationToken
        );

    public Task<Change> GetChangeAsync(ChangeId id, OrganisationScope scope, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
            {
                var row =
                    await context.FindChangeAsync(id.Value, cancellationToken)
                    ?? throw new ServiceException(Fault.ChangeRequestNotFound, "there is no such change");
                scope.Require(row.Organisations);
                return row.ToChange();
            },
            cancellationToken
        );

    public Task<Application> GetApplicationAsync(ApplicationId id, OrganisationScope scope, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
            {
                var row =
                    await context.FindApplicationAsync(id.Value, cancellationToken)
                    ?? throw new ServiceException(Fault.ApplicationNotFound, "there is no such application");
                await context.RequireScopeAsync(row.SubscriberId, scope, cancellationToken);
                return row.ToApplication(time.GetUtcNow());
            },
            cancellationToken
        );

    /// <param name="after">The last id of the page before; empty for the first page.</param>
    public Task<List<Subscriber>> SearchAsync(
        SubscriberSearch search,
        OrganisationScope scope,
        string after,
        int count,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            async context =>
            {
                var rows = await context.SearchAsync(search, scope, after, count, cancellationToken);
                return rows.ConvertAll(r => r.ToSubscriber());
            },
            cancellationToken
        );

    public async IAsyncEnumerable<Subscriber> ExportAsync(
        SubscriberState? state,
        OrganisationScope scope,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var row in database.StreamAsync(context => context.InState(state, scope), cancellationToken))
        {
            yield return row.ToSubscriber();
        }
    }

    public Task<List<Change>> ListChangesAsync(
        ChangeState? state,
        OrganisationScope scope,
        string after,
        int count,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            async context =>
            {
                var rows = await context.ListChangesAsync(state, scope, after, count, cancellationToken);
                return rows.ConvertAll(r => r.ToChange());
            },
            cancellationToken
        );

    public Task<List<Application>> ListApplicationsAsync(
        string subscriberId,
        ApplicationState? state,
        OrganisationScope scope,
        string after,
        int count,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            async context =>
            {
                var now = time.GetUtcNow();
                var rows = await context.ListApplicationsAsync(subscriberId, state, scope, after, count, now, cancellationToken);
                return rows.ConvertAll(r => r.ToApplication(now));
            },
            cancellationToken
        );

    /// <summary>Applied changes in the order in which they took effect, from a cursor on, without an end.</summary>
    public async IAsyncEnumerable<Change> WatchChangesAsync(
        long cursor,
        OrganisationScope scope,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var next = signal.NextAsync(); // before the read, so that nothing falls between
            var from = cursor;
            var batch = await database.ReadAsync(
                context => context.ListAppliedAsync(from, scope, FeedBatch, cancellationToken),
                cancellationToken
            );
            foreach (var row in batch)
            {
                cursor = row.FeedPosition!.Value;
                yield return row.ToChange();
            }

            if (batch.Count < FeedBatch)
            {
                await signal.WaitAsync(next, cancellationToken);
            }
        }
    }
}
