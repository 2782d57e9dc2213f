using EContract.Hosting.Settings;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Evidence records, section <c>Signer:Evidence</c>.</summary>
public sealed class EvidenceOptions
{
    /// <summary>A batch of so many digests is closed at once.</summary>
    public int MaxBatchSize { get; set; } = 1_000_000;

    /// <summary>A batch is closed when its first digest has waited so long.</summary>
    public TimeSpan MaxBatchAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long before the time-stamp's certificate ends it is renewed.</summary>
    public TimeSpan RenewBefore { get; set; } = TimeSpan.FromDays(90);

    internal void Check(SettingErrors errors)
    {
        if (MaxBatchSize is < 1 or > 10_000_000)
        {
            errors.Add(nameof(MaxBatchSize), $"is {MaxBatchSize}", "1 to 10000000");
        }

        if (MaxBatchAge <= TimeSpan.Zero)
        {
            errors.Add(nameof(MaxBatchAge), $"is {MaxBatchAge}", "a duration above 0");
        }

        if (RenewBefore <= TimeSpan.Zero)
        {
            errors.Add(nameof(RenewBefore), $"is {RenewBefore}", "a duration above 0");
        }
    }
}
