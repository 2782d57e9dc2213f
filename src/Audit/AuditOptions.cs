namespace EContract.Audit;

/// <summary>Settings of the evidence log, section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>Name of this node; its chain is called so. Default: the machine's name.</summary>
    public string Node { get; set; } = Environment.MachineName;

    /// <summary>Connection string of the owner of schema <c>audit</c>, used for migrations only. Default: the serving one.</summary>
    public string? MigrationConnectionString { get; set; }

    /// <summary>Most events in one group commit.</summary>
    public int MaxBatch { get; set; } = 512;

    /// <summary>Most events that may wait for a group commit before further ones are refused.</summary>
    public int MaxWaiting { get; set; } = 10_000;

    /// <summary>How long an append waits for the database before it is refused.</summary>
    public TimeSpan AppendTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How soon after its transaction an event that was recorded in a transaction is linked into the chain.</summary>
    public TimeSpan LinkDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Age after which an event that its node did not link (it crashed) is linked by another node.</summary>
    public TimeSpan AdoptAfter { get; set; } = TimeSpan.FromSeconds(30);
}
