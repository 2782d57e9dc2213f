using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EContract.Ca.Store;

/// <summary>Units of work against schema <c>ca</c>. What PostgreSQL rolled back for the sake of others (serialisation, deadlock) is tried again.</summary>
public sealed class CaDatabase(IDbContextFactory<CaDbContext> factory, CaDataSource dataSource)
{
    private const int Attempts = 10;

    /// <summary>For LISTEN, COPY and other things that EF has no words for.</summary>
    public NpgsqlDataSource DataSource => dataSource.Value;

    /// <summary>Brings the schema up to date; nodes that start at once wait for each other.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        // EF's own lock is a row of its history table, which two nodes on an empty database would both try to create.
        await using var connection = await DataSource.OpenConnectionAsync(cancellationToken);
        await using var turn = new NpgsqlCommand("SELECT pg_advisory_lock(hashtext('ca.migrate'))", connection);
        await turn.ExecuteNonQueryAsync(cancellationToken);
        try
        {
            await using var context = await factory.CreateDbContextAsync(cancellationToken);
            await context.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            await using var done = new NpgsqlCommand("SELECT pg_advisory_unlock(hashtext('ca.migrate'))", connection);
            await done.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    public async Task<T> ReadAsync<T>(Func<CaDbContext, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var context = await factory.CreateDbContextAsync(cancellationToken);
        context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await read(context);
    }

    /// <summary>Streams; the connection is held until the last row was read.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        Func<CaDbContext, IQueryable<T>> query,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var context = await factory.CreateDbContextAsync(cancellationToken);
        context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        await foreach (var row in query(context).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            yield return row;
        }
    }

    /// <summary>Runs the work in one transaction and commits it. The work may run several times: it must change nothing outside.</summary>
    /// <exception cref="UniqueViolationException">Somebody else was first with a value that is unique.</exception>
    public async Task<T> WriteAsync<T>(
        Func<CaDbContext, Task<T>> work,
        CancellationToken cancellationToken,
        IsolationLevel isolation = IsolationLevel.ReadCommitted
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var context = await factory.CreateDbContextAsync(cancellationToken);
                await using var transaction = await context.Database.BeginTransactionAsync(isolation, cancellationToken);
                var result = await work(context);
                await transaction.CommitAsync(cancellationToken);
                return result;
            }
            catch (Exception e) when (attempt < Attempts && IsConflict(e))
            {
                // Random, so that two that met once don't meet again.
                await Task.Delay(Random.Shared.Next(1, 10 * attempt), cancellationToken);
            }
            catch (DbUpdateException e)
                when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation)
            {
                throw new UniqueViolationException(violation.ConstraintName ?? "", e);
            }
        }
    }

    public Task WriteAsync(Func<CaDbContext, Task> work, CancellationToken cancellationToken) =>
        WriteAsync(
            async context =>
            {
                await work(context);
                return true;
            },
            cancellationToken
        );

    /// <summary>Whether background work may simply try again later: the database is away or was asked to do what it can't now.</summary>
    public static bool IsOutage(Exception exception) =>
        exception is NpgsqlException or DbUpdateException or UniqueViolationException or InvalidOperationException;

    private static bool IsConflict(Exception exception) =>
        (exception as PostgresException ?? (exception as DbUpdateException)?.InnerException as PostgresException)?.SqlState
            is PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.DeadlockDetected;
}
