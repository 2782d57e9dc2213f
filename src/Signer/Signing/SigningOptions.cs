namespace EContract.Signer.Signing;

/// <summary>Limits of interactive signing.</summary>
public sealed class SigningOptions
{
    /// <summary>Life of an activation from its beginning.</summary>
    public TimeSpan ActivationLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a completion may hold its reservation. After that the reservation counts as abandoned by a node that died.
    /// Longer than any deadline of a caller.
    /// </summary>
    public TimeSpan ReservationLease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Most signatures in one activation.</summary>
    public int MaxItems { get; set; } = 100;

    /// <summary>Most activations of one credential that wait for their completion at a time.</summary>
    public int MaxOpenActivations { get; set; } = 20;

    /// <summary>Deadline of a time-stamp.</summary>
    public TimeSpan TimestampDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>TrueType files for visible signatures, tried before Debian's IPA fonts; each character is taken from the first that has it.</summary>
    public IList<string> Fonts { get; } = [];

    /// <summary>Names a <see cref="CyclePoint"/> at which this process kills itself: for crash tests only.</summary>
    public CyclePoint? KillAt { get; set; }
}
