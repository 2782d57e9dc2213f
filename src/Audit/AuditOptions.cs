using EContract.Hosting.Settings;

namespace EContract.Audit;

/// <summary>Settings of the evidence log, section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>Name of this node; its chain is called so. Default: the machine's name.</summary>
    public string Node { get; set; } = Environment.MachineName;

    /// <summary>
    /// Connection string of the owner of schema <c>audit</c>: for the command <c>migrate</c> only. A serving process doesn't use it and
    /// should not know it.
    /// </summary>
    public string? MigrationConnectionString { get; set; }

    /// <summary>Label of the token key that signs checkpoints.</summary>
    public string KeyLabel { get; set; } = "audit";

    /// <summary>PEM file: the audit key's certificate first, then its chain. Null: no checkpoints.</summary>
    public string? CertificateFile { get; set; }

    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Directory that gets a copy of every checkpoint, best on other storage than the database. Null: none.</summary>
    public string? PublishDirectory { get; set; }

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

    internal static void Check(AuditOptions options, SettingErrors errors)
    {
        if (string.IsNullOrWhiteSpace(options.Node))
        {
            errors.Add(nameof(Node), "is empty", "a name of its own for each node, for example 'signer-1'");
        }

        foreach (var (name, number) in new[] { (nameof(MaxBatch), options.MaxBatch), (nameof(MaxWaiting), options.MaxWaiting) })
        {
            if (number < 1)
            {
                errors.Add(name, $"is {number}", "1 or more");
            }
        }

        foreach (
            var (name, duration) in new[]
            {
                (nameof(AppendTimeout), options.AppendTimeout),
                (nameof(LinkDelay), options.LinkDelay),
                (nameof(AdoptAfter), options.AdoptAfter),
                (nameof(CheckpointInterval), options.CheckpointInterval),
            }
        )
        {
            if (duration <= TimeSpan.Zero)
            {
                errors.Add(name, $"is {duration}", "a duration above zero, for example '00:01:00'");
            }
        }

        if (options.CertificateFile is { } file && !File.Exists(file))
        {
            errors.Add(nameof(CertificateFile), $"'{file}' does not exist", "a PEM file with the audit key's certificate and its chain");
        }
    }
}
