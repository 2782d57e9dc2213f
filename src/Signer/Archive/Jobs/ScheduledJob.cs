using EContract.Signer.Store;
using Microsoft.Extensions.Logging;
using Quartz;

namespace EContract.Signer.Archive.Jobs;

/// <summary>What Quartz fires: finds the archive job by its name and runs it. One run of a job at a time in the whole cluster.</summary>
[DisallowConcurrentExecution]
internal sealed class ScheduledJob(IEnumerable<IArchiveJob> jobs, JobRuns runs, ILogger<ScheduledJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = context.JobDetail.Key.Name;
        if (jobs.FirstOrDefault(job => job.Name == name) is not { } job)
        {
            // A newer version's job in a cluster that is being upgraded: its nodes run it.
            logger.LogWarning("This version knows no archive job {Job}", name);
            return;
        }

        try
        {
            await runs.RunAsync(job, cancellationToken);
        }
        catch (Exception e) when (SignerDatabase.IsOutage(e))
        {
            logger.LogWarning("Archive job {Job} broke off and is run again: {Reason}", name, e.Message);
        }
    }
}
