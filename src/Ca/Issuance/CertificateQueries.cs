using System.Runtime.CompilerServices;
using EContract.Ca.Authorities;
using EContract.Ca.Registration;
using EContract.Ca.Store;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.Pki;

namespace EContract.Ca.Issuance;

/// <summary>Reading issued certificates: one, pages, all of an authority; each only of subscribers for whom the caller may act.</summary>
public sealed class CertificateQueries(CaDatabase database, AuthorityRegistry authorities, TimeProvider time)
{
    /// <exception cref="ServiceException"><see cref="Fault.CertificateNotFound"/>; <see cref="Fault.OrganisationNotAllowed"/>.</exception>
    public Task<IssuedCertificate> GetAsync(SerialNumber serial, OrganisationScope scope, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
            {
                var row =
                    await context.FindIssuedAsync(serial, cancellationToken)
                    ?? throw new ServiceException(Fault.CertificateNotFound, "no certificate with this serial number was issued");
                await context.RequireScopeAsync(row.SubscriberId, scope, cancellationToken);
                return new IssuedCertificate(row, authorities.Get(row.Authority));
            },
            cancellationToken
        );

    /// <param name="after">Authority and serial of the last of the page before; null for the first page.</param>
    public Task<List<IssuedCertificate>> ListAsync(
        string subscriberId,
        CertificateFilter filter,
        OrganisationScope scope,
        (string Authority, SerialNumber Serial)? after,
        int count,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            async context =>
            {
                var now = time.GetUtcNow();
                var rows = await context.ListIssuedAsync(subscriberId, filter, scope, after, count, now, cancellationToken);
                return rows.ConvertAll(r => new IssuedCertificate(r, authorities.Get(r.Authority)));
            },
            cancellationToken
        );

    public async IAsyncEnumerable<IssuedCertificate> ExportAsync(
        string authority,
        OrganisationScope scope,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var row in database.StreamAsync(context => context.IssuedBy(authority, scope), cancellationToken))
        {
            yield return new(row, authorities.Get(row.Authority));
        }
    }
}
