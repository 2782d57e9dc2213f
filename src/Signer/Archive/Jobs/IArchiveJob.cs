namespace EContract.Signer.Archive.Jobs;

/// <summary>
/// Work of the archive that is done again and again by any one node. It may be killed at any point and is begun anew, maybe on another
/// node: each step commits its own effect with the mark that it is done.
/// </summary>
public interface IArchiveJob
{
    /// <summary>In kebab-case; stable, for the schedule keeps it: <c>evidence-close</c>.</summary>
    string Name { get; }

    /// <summary>Time between the ends of one run and the beginning of the next, at most.</summary>
    TimeSpan Interval { get; }

    Task RunAsync(JobRun run, CancellationToken cancellationToken);
}
