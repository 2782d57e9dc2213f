using EContract.Signer.Store;

namespace EContract.Signer.Archive.Jobs;

/// <summary>One run of a job: tells how far it is, and makes it wait for its turn before each step.</summary>
public sealed class JobRun(long id, SignerDatabase database, JobPace pace, TimeProvider time)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    private long _reportedAt; // the time provider's timestamp; one run is one thread of work

    /// <summary>Steps done so far.</summary>
    public long Done { get; private set; }

    /// <summary>A place for the next step, below interactive signing and no faster than the node's pace. Dispose it when the step is done.</summary>
    public Task<IDisposable> NextStepAsync(CancellationToken cancellationToken) => pace.EnterAsync(cancellationToken);

    /// <param name="total">0: not known.</param>
    public async Task ReportAsync(long done, long total, CancellationToken cancellationToken)
    {
        Done = done;
        if (_reportedAt != 0 && done != total && time.GetElapsedTime(_reportedAt) < ReportInterval)
        {
            return;
        }

        _reportedAt = time.GetTimestamp();
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ReportRunAsync(id, done, total, time.GetUtcNow(), cancellationToken);
    }
}
