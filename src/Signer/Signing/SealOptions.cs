namespace EContract.Signer.Signing;

/// <summary>Bounds of an organisation's seal session.</summary>
public sealed class SealOptions
{
    public int MaxSignatures { get; set; } = 1_000_000;

    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(8);

    /// <summary>Most signatures in one call.</summary>
    public int MaxItems { get; set; } = 1000;

    /// <summary>Most calls that wait for a group commit on this node; further ones are refused.</summary>
    public int MaxWaiting { get; set; } = 2000;

    /// <summary>Most calls in one group commit.</summary>
    public int MaxBatch { get; set; } = 64;

    /// <summary>How long the token may take for the digests of one call.</summary>
    public TimeSpan SigningDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How old the knowledge of the certificate's status may be before it is asked for again.</summary>
    public TimeSpan StatusAge { get; set; } = TimeSpan.FromSeconds(2);
}
