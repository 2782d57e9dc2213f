using EContract.Ca.Store;
using EContract.Hosting.Errors;
using EContract.Pki;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Registration;

/// <summary>Reading what is registered: single objects, pages in order of making, and feeds.</summary>
public sealed class RegistrationQueries(CaDatabase database, FeedSignal signal, TimeProvider time)
{
    private const int FeedBatch = 500;

    public Task<Subscriber> GetSubscriberAsync(SubscriberId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
                (await context.Subscribers.FirstOrDefaultAsync(s => s.Id == id.Value, cancellationToken))?.ToSubscriber()
                ?? throw new ServiceException(Fault.SubscriberNotFound, "there is no such subscriber"),
            cancellationToken
        );

    public Task<Change> GetChangeAsync(ChangeId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
                (await context.Changes.FirstOrDefaultAsync(c => c.Id == id.Value, cancellationToken))?.ToChange()
                ?? throw new ServiceException(Fault.ChangeRequestNotFound, "there is no such change"),
            cancellationToken
        );

    public Task<Application> GetApplicationAsync(ApplicationId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
                (await context.Applications.FirstOrDefaultAsync(a => a.Id == id.Value, cancellationToken))?.ToApplication(time.GetUtcNow())
                ?? throw new ServiceException(Fault.ApplicationNotFound, "there is no such application"),
            cancellationToken
        );

    /// <param name="after">The last id of the page before; empty for the first page.</param>
    public Task<List<Subscriber>> SearchAsync(SubscriberSearch search, string after, int count, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
            {
                var rows = await Filter(context, search)
                    .Where(s => string.Compare(s.Id, after) > 0)
                    .OrderBy(s => s.Id)
                    .Take(count)
                    .ToListAsync(cancellationToken);
                return rows.ConvertAll(r => r.ToSubscriber());
            },
            cancellationToken
        );

    public async IAsyncEnumerable<Subscriber> ExportAsync(
        SubscriberState? state,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var rows = database.StreamAsync(context => Filter(context, new() { State = state }).OrderBy(s => s.Id), cancellationToken);
        await foreach (var row in rows)
        {
            yield return row.ToSubscriber();
        }
    }

    public Task<List<Change>> ListChangesAsync(ChangeState? state, string after, int count, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
            {
                var query = context.Changes.Where(c => string.Compare(c.Id, after) > 0);
                if (state is { } wanted)
                {
                    query = query.Where(c => c.State == (int)wanted);
                }

                var rows = await query.OrderBy(c => c.Id).Take(count).ToListAsync(cancellationToken);
                return rows.ConvertAll(r => r.ToChange());
            },
            cancellationToken
        );

    public Task<List<Application>> ListApplicationsAsync(
        string subscriberId,
        ApplicationState? state,
        string after,
        int count,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            async context =>
            {
                var now = time.GetUtcNow();
                var query = context.Applications.Where(a => string.Compare(a.Id, after) > 0);
                if (subscriberId.Length > 0)
                {
                    query = query.Where(a => a.SubscriberId == subscriberId);
                }

                query = state switch
                {
                    null => query,
                    ApplicationState.Approved => query.Where(a => a.State == (int)ApplicationState.Approved && a.ExpiresAt > now),
                    ApplicationState.Expired => query.Where(a => a.State == (int)ApplicationState.Approved && a.ExpiresAt <= now),
                    { } other => query.Where(a => a.State == (int)other),
                };
                var rows = await query.OrderBy(a => a.Id).Take(count).ToListAsync(cancellationToken);
                return rows.ConvertAll(r => r.ToApplication(now));
            },
            cancellationToken
        );

    /// <summary>Applied changes in the order in which they took effect, from a cursor on, without an end.</summary>
    public async IAsyncEnumerable<Change> WatchChangesAsync(
        long cursor,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var next = signal.NextAsync(); // before the read, so that nothing falls between
            var from = cursor;
            var batch = await database.ReadAsync(
                context =>
                    context
                        .Changes.Where(c => c.FeedPosition > from)
                        .OrderBy(c => c.FeedPosition)
                        .Take(FeedBatch)
                        .ToListAsync(cancellationToken),
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

    private static IQueryable<SubscriberRow> Filter(CaDbContext context, SubscriberSearch search)
    {
        IQueryable<SubscriberRow> query = context.Subscribers;
        if (search.Name.Length > 0)
        {
            var pattern = SearchKey.Prefix(search.Name);
            query = query.Where(s => EF.Functions.Like(s.NameKey, pattern));
        }

        if (search.Kana.Length > 0)
        {
            var pattern = SearchKey.Prefix(search.Kana);
            query = query.Where(s => EF.Functions.Like(s.KanaKey, pattern));
        }

        if (search.Email.Length > 0)
        {
            var pattern = SearchKey.Prefix(search.Email);
            query = query.Where(s => EF.Functions.Like(s.EmailKey, pattern));
        }

        if (search.SerialNumber is { } serial)
        {
            var content = serial.Content.ToArray();
            query = query.Where(s => context.Certificates.Any(c => c.SubscriberId == s.Id && c.Serial == content));
        }

        return search.State is { } state ? query.Where(s => s.State == (int)state) : query;
    }
}
