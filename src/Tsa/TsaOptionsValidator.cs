using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace EContract.Tsa;

/// <summary>What can be judged from the configuration alone; keys and certificates are judged when they are loaded.</summary>
internal sealed partial class TsaOptionsValidator : IValidateOptions<TsaOptions>
{
    private static readonly TimeSpan MaxAccuracy = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, TsaOptions options)
    {
        List<string> problems = [.. Authority(options), .. options.Units.SelectMany(Unit)];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Authority(TsaOptions options)
    {
        if (options.Units.Count == 0)
        {
            yield return "Tsa:Units: at least one unit is needed";
        }

        foreach (IGrouping<string, TsuOptions> same in options.Units.GroupBy(u => u.Name).Where(g => g.Count() > 1))
        {
            yield return $"Tsa:Units: the name '{same.Key}' is used {same.Count()} times";
        }

        // One spelling only: what has to be escaped, resolved or matched as a pattern could be read in two ways.
        if (!PathForm().IsMatch(options.Path))
        {
            yield return "Tsa:Path: must be of '/' and names of letters, digits, '-' and '_', such as /tsa";
        }

        if (options.MaxConcurrentSignatures is < 0 or > 1024)
        {
            yield return "Tsa:MaxConcurrentSignatures: must be in 0..1024";
        }

        if (options.MaxQueue is < 0 or > 1_000_000)
        {
            yield return "Tsa:MaxQueue: must be in 0..1000000";
        }

        if (options.MaxQueryBytes is < 256 or > 1 << 20)
        {
            yield return "Tsa:MaxQueryBytes: must be in 256..1048576";
        }

        if (options.QueueTimeout <= TimeSpan.Zero || options.RotationInterval <= TimeSpan.Zero || options.EvidencePeriod <= TimeSpan.Zero)
        {
            yield return "Tsa: QueueTimeout, RotationInterval and EvidencePeriod must be positive";
        }

        if (options.EvidenceLimit < options.EvidencePeriod)
        {
            yield return "Tsa:EvidenceLimit: must be at least EvidencePeriod";
        }

        if (options.ConnectionString.Length == 0)
        {
            yield return "ConnectionStrings:Database or Tsa:ConnectionString: is needed to lease serial numbers";
        }
    }

    private static IEnumerable<string> Unit(TsuOptions unit)
    {
        string at = $"Tsa:Units:{unit.Name}";
        if (unit.Name.Length == 0 || !unit.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            yield return $"{at}: the name must be of lower-case letters, digits and hyphens";
        }

        if (unit.Policies.Count == 0)
        {
            yield return $"{at}:Policies: at least one is needed";
        }

        foreach (string policy in unit.Policies.Where(policy => !PolicyOid.IsWellFormed(policy)))
        {
            yield return $"{at}:Policies: '{policy}' is not a dotted object identifier of at most 100 octets";
        }

        if (unit.Keys.Count == 0)
        {
            yield return $"{at}:Keys: at least one is needed";
        }

        foreach (TsuKeyOptions key in unit.Keys)
        {
            if (key.Label.Length == 0 || key.CertificateFile.Length == 0)
            {
                yield return $"{at}:Keys: Label and CertificateFile are needed";
            }

            if (key.Hash is not ("" or "SHA256" or "SHA384" or "SHA512"))
            {
                yield return $"{at}:Keys:{key.Label}:Hash: must be SHA256, SHA384 or SHA512";
            }
        }

        if (unit.Digests.Any(digest => !Enum.IsDefined(digest)))
        {
            yield return $"{at}:Digests: must be of Sha256, Sha384, Sha512";
        }

        // ETSI EN 319 421 §7.7.2: the accuracy is 1 s or better
        if (unit.Accuracy <= TimeSpan.Zero || unit.Accuracy > MaxAccuracy || unit.Accuracy.Nanoseconds != 0)
        {
            yield return $"{at}:Accuracy: must be at most 1 s, in whole microseconds";
        }

        if (!IsPrecision(unit.Precision) || unit.Precision > unit.Accuracy)
        {
            yield return $"{at}:Precision: must be a power of ten from 1 µs to 1 s, and no coarser than the accuracy";
        }
    }

    private static bool IsPrecision(TimeSpan precision)
    {
        for (long ticks = TimeSpan.TicksPerMicrosecond; ticks <= TimeSpan.TicksPerSecond; ticks *= 10)
        {
            if (precision.Ticks == ticks)
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"^(/[A-Za-z0-9_-]+)+\z", RegexOptions.ExplicitCapture)]
    private static partial Regex PathForm();
}
