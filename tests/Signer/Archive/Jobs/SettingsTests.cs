using EContract.Hosting.Settings;
using EContract.Signer.Archive.Evidence;
using EContract.Signer.Archive.Jobs;
using Xunit;

namespace EContract.Signer.Tests.Archive.Jobs;

public sealed class SettingsTests
{
    [Fact]
    public void The_defaults_are_right()
    {
        var errors = new SettingErrors();
        new EvidenceOptions().Check(errors);
        new JobOptions().Check(errors);
        Assert.Empty(errors.Found);
    }

    [Fact]
    public void Every_wrong_setting_is_told_by_its_name()
    {
        var errors = new SettingErrors();
        new EvidenceOptions
        {
            MaxBatchSize = 0,
            MaxBatchAge = TimeSpan.Zero,
            RenewBefore = TimeSpan.Zero,
        }.Check(errors.Below("Evidence"));
        new JobOptions
        {
            CloseInterval = TimeSpan.Zero,
            RenewInterval = TimeSpan.Zero,
            RestampInterval = TimeSpan.Zero,
            CheckIn = TimeSpan.Zero,
            LostAfter = TimeSpan.Zero,
            StepsPerSecond = double.NaN,
        }.Check(errors.Below("Jobs"));
        Assert.Equal(9, errors.Found.Count);
        Assert.All(
            (string[])["Evidence:MaxBatchSize", "Evidence:MaxBatchAge", "Evidence:RenewBefore", "Jobs:CheckIn", "Jobs:StepsPerSecond"],
            name => Assert.Contains(errors.Found, found => found.StartsWith(name, StringComparison.Ordinal))
        );
    }
}
