using EContract.Ca.Authorities;
using EContract.Ca.Store;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Hsm;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Revocation;

/// <summary>Issues what is due. Every node looks; the scope's lock and the newest CRL's time decide who does it.</summary>
public sealed class CrlSchedule(
    CaDatabase database,
    AuthorityRegistry authorities,
    CrlIssuer issuer,
    TimeProvider time,
    IOptions<CrlOptions> options,
    ILogger<CrlSchedule> logger
) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    /// <summary>Issues every CRL whose interval has passed, or that has never been issued.</summary>
    public async Task<int> IssueDueAsync(CancellationToken cancellationToken)
    {
        var newest = await database.ReadAsync(context => context.NewestCrlsAsync(cancellationToken), cancellationToken);
        var issued = 0;
        foreach (var scope in authorities.All.Where(a => a.Online).SelectMany(CrlIssuer.ScopesOf))
        {
            var limit = time.GetUtcNow() - (scope.Delta ? options.Value.DeltaInterval : options.Value.Interval);
            var due = !newest.TryGetValue(scope, out var last) || last <= limit;
            if (due && await issuer.IssueAsync(scope, limit, "ca-crl-schedule", cancellationToken) is not null)
            {
                issued++;
            }
        }

        return issued;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        do
        {
            try
            {
                CorrelationId.Begin();
                await IssueDueAsync(stoppingToken);
            }
            catch (Exception e) when (CaDatabase.IsOutage(e) || e is HsmException or ServiceException)
            {
                logger.LogError(e, "due CRLs can't be issued now; the next look tries again");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
