using EContract.Ca.Registration;
using EContract.Ca.Store;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Hsm;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Issuance;

/// <summary>Finds plans whose call is gone (a crash, a lost connection) and finishes or voids them, on whichever node comes first.</summary>
public sealed class IssuanceReconciler(
    CaDatabase database,
    CertificateIssuer issuer,
    TimeProvider time,
    IOptions<IssuanceOptions> options,
    ILogger<IssuanceReconciler> logger
) : BackgroundService
{
    private static readonly Actor Self = Actor.Of("ca-reconciler", "");
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>One pass over all plans older than <paramref name="grace"/>; the number that were finished and voided.</summary>
    public async Task<(int Finished, int Voided)> ReconcileAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        var (finished, voided) = (0, 0);
        var before = time.GetUtcNow() - grace;
        var plans = await database.ReadAsync(context => context.ListPlannedAsync(before, cancellationToken), cancellationToken);
        foreach (var plan in plans)
        {
            if (await VoidIfOverdueAsync(plan, cancellationToken))
            {
                voided++;
                continue;
            }

            try
            {
                await issuer.FinishAsync(plan, Self, cancellationToken);
                finished++;
            }
            catch (ServiceException e) when (e.Fault is Fault.IssuanceVoided or Fault.CertificateLintFailed)
            {
                voided++;
            }
        }

        return (finished, voided);
    }

    private Task<bool> VoidIfOverdueAsync(CertificateRow plan, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async context =>
            {
                var application = await context.LockApplicationAsync(plan.ApplicationId!, cancellationToken);
                var row = await context.LockPlanAsync(plan, cancellationToken);
                if (row.State != CertificateState.Planned)
                {
                    return false;
                }

                var why =
                    application.State != (int)ApplicationState.Approved ? "the application was withdrawn"
                    : time.GetUtcNow() - row.PlannedAt > options.Value.PlanLifetime ? "the plan is too old"
                    : null;
                if (why is not null)
                {
                    await issuer.VoidAsync(context, row, why, Self, cancellationToken);
                }

                return why is not null;
            },
            cancellationToken
        );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                CorrelationId.Begin();
                var (finished, voided) = await ReconcileAsync(options.Value.PlanGrace, stoppingToken);
                if (finished + voided > 0)
                {
                    logger.LogWarning("interrupted issuances: {Finished} finished, {Voided} voided", finished, voided);
                }
            }
            catch (Exception e) when (CaDatabase.IsOutage(e) || e is HsmException or ServiceException)
            {
                logger.LogError(e, "interrupted issuances can't be reconciled now; the next pass tries again");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
