using Microsoft.Extensions.Hosting;
using Quartz;

namespace EContract.Signer.Archive.Jobs;

/// <summary>
/// Puts every archive job into the cluster's schedule, where all nodes find it. A job whose node is lost is fired again on another one
/// (request recovery), and a firing that was missed while no node ran is made up for at once.
/// </summary>
internal sealed class JobSchedule(ISchedulerFactory schedulers, IEnumerable<IArchiveJob> jobs) : IHostedService
{
    private const string Group = "archive";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var job in jobs)
        {
            var detail = JobBuilder.Create<ScheduledJob>().WithIdentity(job.Name, Group).RequestRecovery().StoreDurably().Build();
            var trigger = TriggerBuilder
                .Create()
                .WithIdentity(job.Name, Group)
                .ForJob(detail)
                .StartNow()
                .WithSchedule(
                    SimpleScheduleBuilder
                        .Create()
                        .WithInterval(job.Interval)
                        .RepeatForever()
                        .WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)
                )
                .Build();
            await scheduler.ScheduleJob(detail, [trigger], ScheduleJobOptions.Replacing, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
