using EContract.Hosting.Admission;
using EContract.Hosting.Settings;
using EContract.Signer.Archive.Evidence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;

namespace EContract.Signer.Archive.Jobs;

/// <summary>Puts the schedule together: Quartz, clustered over its own tables in schema <c>signer_jobs</c>.</summary>
internal static class JobComposition
{
    public const string Schema = "signer_jobs";

    public static void AddArchiveJobs(this IServiceCollection services, IConfiguration? root)
    {
        services.AddSingleton(provider => provider.GetRequiredService<SignerOptions>().Jobs);
        services.AddSingleton(provider => new JobPace(
            provider.GetRequiredService<JobOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<BackgroundWork>()
        ));
        services.AddSingleton<JobRuns>();
        services.AddSingleton<IArchiveJob, EvidenceCloseJob>();
        services.AddSingleton<IArchiveJob, EvidenceRenewJob>();
        services.AddSingleton<IArchiveJob, RestampJob>();
        services.AddSingleton<IArchiveJob, RevocationSweepJob>();

        if (root is null)
        {
            return;
        }

        services.AddSettings<EvidenceOptions>(root, "Signer:Evidence", (options, errors) => options.Check(errors));
        services.AddSettings<JobOptions>(root, "Signer:Jobs", (options, errors) => options.Check(errors));
        if (root.GetSection("Signer:Jobs").Get<JobOptions>() is not { Enabled: false } and var given)
        {
            AddSchedule(services, given ?? new JobOptions(), root.GetConnectionString("Database")!);
        }
    }

    private static void AddSchedule(IServiceCollection services, JobOptions options, string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = Schema, MaxPoolSize = 5 };
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = "archive");
            quartz.UseDefaultThreadPool(2);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, connection.ConnectionString);
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = options.CheckIn;
                    cluster.CheckinMisfireThreshold = options.LostAfter;
                });
                store.ProvisionSchema();
            });
        });
        services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = false);
        services.AddHostedService<JobSchedule>();
    }
}
