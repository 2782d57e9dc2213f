using EContract.Signer.Archive.Evidence;

namespace EContract.Signer.Archive.Jobs;

/// <summary>Renews the time-stamps of evidence that end soon: all of them under one new time-stamp.</summary>
internal sealed class EvidenceRenewJob(EvidenceRenewal renewal, JobOptions options) : IArchiveJob
{
    private static readonly CallOrigin Self = new("archive-job", "evidence-renew");

    public string Name => "evidence-renew";

    public TimeSpan Interval => options.RenewInterval;

    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        using var place = await run.NextStepAsync(cancellationToken);
        var renewed = await renewal.RenewAsync(Self, all: false, cancellationToken);
        await run.ReportAsync(renewed, renewed, cancellationToken);
    }
}
