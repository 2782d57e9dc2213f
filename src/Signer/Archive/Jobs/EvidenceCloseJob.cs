using EContract.Signer.Archive.Evidence;

namespace EContract.Signer.Archive.Jobs;

/// <summary>Closes batches of digests that are full or old, and those that another node left closed without a time-stamp.</summary>
internal sealed class EvidenceCloseJob(EvidenceBatches batches, JobOptions options) : IArchiveJob
{
    private static readonly CallOrigin Self = new("archive-job", "evidence-close");

    public string Name => "evidence-close";

    public TimeSpan Interval => options.CloseInterval;

    public async Task RunAsync(JobRun run, CancellationToken cancellationToken) =>
        await batches.CloseAsync(Self, all: false, run, cancellationToken);
}
