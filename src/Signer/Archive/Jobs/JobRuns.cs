using System.Runtime.CompilerServices;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Jobs;

/// <summary>Carries jobs out and lets callers watch them, on whatever node they run.</summary>
public sealed class JobRuns(SignerDatabase database, JobPace pace, JobOptions options, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    // A change is committed a little after its time was taken.
    private static readonly TimeSpan CommitDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly string _node =
        options.Node
        ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}");

    public async Task RunAsync(IArchiveJob job, CancellationToken cancellationToken)
    {
        long id;
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            await db.ForgetRunsAsync(time.GetUtcNow() - Kept, cancellationToken);
            id = await db.BeginRunAsync(job.Name, _node, time.GetUtcNow(), cancellationToken);
        }

        var run = new JobRun(id, database, pace, time);
        try
        {
            await job.RunAsync(run, cancellationToken);
            await run.ReportAsync(run.Done, run.Done, cancellationToken);
            await EndAsync(id, "Succeeded", "", cancellationToken);
        }
        catch (Exception e) when (SignerDatabase.IsOutage(e))
        {
            await EndAsync(id, "Failed", e.Message, cancellationToken);
            throw;
        }
    }

    /// <summary>The last run of each job, then each change, until cancelled.</summary>
    /// <param name="job">Empty: all.</param>
    public async IAsyncEnumerable<JobRunRow> WatchAsync(string job, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow();
        List<JobRunRow> news;
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            news = await db.LastRunsAsync(cancellationToken);
        }

        var told = new Dictionary<long, JobRunRow>();
        while (true)
        {
            foreach (var run in news.Where(run => job.Length == 0 || run.Job == job))
            {
                if (!told.TryGetValue(run.Id, out var before) || before != run)
                {
                    told[run.Id] = run;
                    yield return run;
                }
            }

            await Task.Delay(Poll, time, cancellationToken);
            await using var db = await database.OpenAsync(cancellationToken);
            news = await db.ChangedRunsAsync(since - CommitDelay, cancellationToken);
            since = news.Count == 0 ? since : news[^1].UpdatedAt;
            foreach (var old in told.Values.Where(run => run.UpdatedAt < since - CommitDelay).ToList())
            {
                told.Remove(old.Id);
            }
        }
    }

    private async Task EndAsync(long id, string state, string detail, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await db.EndRunAsync(id, state, detail, time.GetUtcNow(), cancellationToken);
    }
}
