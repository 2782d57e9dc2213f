using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Register;

namespace EContract.Signer.Archive.Jobs;

/// <summary>Asks again and again whether what the registered documents stand on has been revoked; then they are due at once.</summary>
internal sealed class RevocationSweepJob(RevocationSweep sweep, DataGathering gathering, JobOptions options) : IArchiveJob
{
    public string Name => "revocation-sweep";

    public TimeSpan Interval => options.SweepInterval;

    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        // Without anchors this server reaches no level that the register is about.
        if (gathering.IsAvailable)
        {
            await sweep.RunAsync(run, cancellationToken);
        }
    }
}
