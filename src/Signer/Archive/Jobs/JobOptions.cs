using EContract.Hosting.Settings;

namespace EContract.Signer.Archive.Jobs;

/// <summary>The schedule of archive jobs, section <c>Signer:Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>Off: this node runs no archive jobs; others may.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What this node is called where runs are shown; unique among nodes. Default: the machine's name and the process's id.</summary>
    public string? Node { get; set; }

    /// <summary>How often open batches are looked at.</summary>
    public TimeSpan CloseInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often time-stamps that end soon are looked for.</summary>
    public TimeSpan RenewInterval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How often registered documents that lie in a store are looked through for those that are due.</summary>
    public TimeSpan RestampInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often it is asked whether certificates that registered documents stand on have been revoked.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How often a node says that it is there. A node silent for longer than this and <see cref="LostAfter"/> is lost.</summary>
    public TimeSpan CheckIn { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longer than the longest pause of a node (garbage collection, migration of a virtual machine, database failover).</summary>
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Steps of archive jobs per second on this node: what each step asks of token and database stays well below signing.</summary>
    public double StepsPerSecond { get; set; } = 10;

    internal void Check(SettingErrors errors)
    {
        foreach (
            var (name, value) in new[]
            {
                (nameof(CloseInterval), CloseInterval),
                (nameof(RenewInterval), RenewInterval),
                (nameof(RestampInterval), RestampInterval),
                (nameof(SweepInterval), SweepInterval),
                (nameof(CheckIn), CheckIn),
                (nameof(LostAfter), LostAfter),
            }
        )
        {
            if (value <= TimeSpan.Zero)
            {
                errors.Add(name, $"is {value}", "a duration above 0");
            }
        }

        if (!(StepsPerSecond > 0))
        {
            errors.Add(nameof(StepsPerSecond), $"is {StepsPerSecond}", "above 0");
        }
    }
}
