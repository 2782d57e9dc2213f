using EContract.Hosting.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EContract.Signer.Store;

/// <summary>The way to the role's schema. A context is one unit of work: opened, used and disposed by one call.</summary>
public sealed class SignerDatabase(IDbContextFactory<SignerContext> contexts)
{
    public Task<SignerContext> OpenAsync(CancellationToken cancellationToken) => contexts.CreateDbContextAsync(cancellationToken);

    /// <summary>Whether background work may simply try again later: the database or another role is away.</summary>
    internal static bool IsOutage(Exception e) =>
        e is ServiceException or NpgsqlException or DbUpdateException or InvalidOperationException { InnerException: NpgsqlException };
}
