using System.Collections.Concurrent;
using EContract.Ca.Authorities;
using EContract.Ca.Revocation;
using EContract.Ca.Store;

namespace EContract.Ca.Repository;

/// <summary>The newest CRL of each scope, kept in memory and looked after once a second: a CRL of another node is seen here, too.</summary>
public sealed class CrlShelf(CaDatabase database, AuthorityRegistry authorities, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<CrlScope, (PublishedCrl Crl, long Looked)> _shelf = new();

    /// <summary>Null if there is no such CRL.</summary>
    public async Task<PublishedCrl?> FindAsync(CrlScope scope, CancellationToken cancellationToken)
    {
        if (authorities.Find(scope.Authority) is not { } authority)
        {
            return null;
        }

        if (!authority.Online)
        {
            return scope is { Shard: null, Delta: false } && authority.OfflineCrl is { } offline ? PublishedCrl.Of(offline) : null;
        }

        if (_shelf.TryGetValue(scope, out var known) && time.GetElapsedTime(known.Looked) < Look)
        {
            return known.Crl;
        }

        var looked = time.GetTimestamp();
        var newest = await database.ReadAsync(context => context.FindNewestCrlMarkAsync(scope, cancellationToken), cancellationToken);
        if (newest is null)
        {
            return null;
        }

        var crl =
            known.Crl?.Number == newest.Number
                ? known.Crl
                : PublishedCrl.Of(
                    (await database.ReadAsync(context => context.FindNewestCrlAsync(scope, cancellationToken), cancellationToken))!
                );
        _shelf[scope] = (crl, looked);
        return crl;
    }
}
