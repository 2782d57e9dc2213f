using EContract.Ca.Authorities;
using EContract.Ca.Store;
using EContract.Hosting.Errors;
using EContract.Pki;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Issuance;

/// <summary>Reading issued certificates: one, pages, all of an authority.</summary>
public sealed class CertificateQueries(CaDatabase database, AuthorityRegistry authorities, TimeProvider time)
{
    public Task<IssuedCertificate> GetAsync(SerialNumber serial, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async context =>
            {
                var content = serial.Content.ToArray();
                var row =
                    await context.Certificates.FirstOrDefaultAsync(
                        c => c.Serial == content && c.State == CertificateState.Issued,
                        cancellationToken
                    ) ?? throw new ServiceException(Fault.CertificateNotFound, "no certificate with this serial number was issued");
                return new IssuedCertificate(row, authorities.Get(row.Authority));
            },
            cancellationToken
        );

    /// <param name="after">Authority and serial of the last of the page before; null for the first page.</param>
    public Task<List<IssuedCertificate>> ListAsync(
        string subscriberId,
        CertificateFilter filter,
        (string Authority, SerialNumber Serial)? after,
        int count,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            async context =>
            {
                var query = Filter(context.Certificates.Where(c => c.State == CertificateState.Issued), filter);
                if (subscriberId.Length > 0)
                {
                    query = query.Where(c => c.SubscriberId == subscriberId);
                }

                if (after is var (authority, last))
                {
                    var serial = last.Content.ToArray();
                    query = query.Where(c =>
                        EF.Functions.GreaterThan(ValueTuple.Create(c.Authority, c.Serial), ValueTuple.Create(authority, serial))
                    );
                }

                var rows = await query.OrderBy(c => c.Authority).ThenBy(c => c.Serial).Take(count).ToListAsync(cancellationToken);
                return rows.ConvertAll(r => new IssuedCertificate(r, authorities.Get(r.Authority)));
            },
            cancellationToken
        );

    public async IAsyncEnumerable<IssuedCertificate> ExportAsync(
        string authority,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var rows = database.StreamAsync(
            context =>
                context
                    .Certificates.Where(c => c.State == CertificateState.Issued && (authority == "" || c.Authority == authority))
                    .OrderBy(c => c.Authority)
                    .ThenBy(c => c.Serial),
            cancellationToken
        );
        await foreach (var row in rows)
        {
            yield return new(row, authorities.Get(row.Authority));
        }
    }

    private IQueryable<CertificateRow> Filter(IQueryable<CertificateRow> query, CertificateFilter filter)
    {
        var now = time.GetUtcNow();
        return filter switch
        {
            CertificateFilter.Good => query.Where(c => c.Status == CertificateStatus.Good && c.NotAfter >= now),
            CertificateFilter.OnHold => query.Where(c => c.Status == CertificateStatus.OnHold),
            CertificateFilter.Revoked => query.Where(c => c.Status == CertificateStatus.Revoked),
            CertificateFilter.Expired => query.Where(c => c.Status == CertificateStatus.Good && c.NotAfter < now),
            _ => query,
        };
    }
}
