using System.Security.Cryptography;
using EContract.Hosting.Settings;

namespace EContract.Hosting.Callers;

/// <summary>Judges the setting <c>Callers</c>.</summary>
internal static class CallerSettings
{
    public static void Check(IReadOnlyList<CallerOptions> callers, SettingErrors errors)
    {
        for (var i = 0; i < callers.Count; i++)
        {
            Check(callers[i], errors.Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        foreach (var twice in callers.GroupBy(caller => caller.Name).Where(group => group.Count() > 1))
        {
            errors.Add("", $"names '{twice.Key}' {twice.Count()} times", "a name of its own for each caller");
        }
    }

    private static void Check(CallerOptions caller, SettingErrors errors)
    {
        if (string.IsNullOrWhiteSpace(caller.Name))
        {
            errors.Add(nameof(caller.Name), "is missing", "a short name, for example 'portal'");
        }

        var told = new[] { caller.Subject, caller.CommonName, caller.SanUri, caller.Thumbprint }.Count(value => value is not null);
        if (told != 1)
        {
            errors.Add("", $"tells the certificate by {told} settings", "exactly one of Subject, CommonName, SanUri, Thumbprint");
        }

        CheckName(caller.Subject, nameof(caller.Subject), errors);
        CheckName(caller.Issuer, nameof(caller.Issuer), errors);
        if (
            caller.Thumbprint?.Replace(":", "", StringComparison.Ordinal) is { } thumbprint
            && !(thumbprint.Length == 64 && thumbprint.All(char.IsAsciiHexDigit))
        )
        {
            errors.Add(nameof(caller.Thumbprint), "is not a SHA-256 thumbprint", "64 hexadecimal digits");
        }

        if (caller.Roles.Count == 0)
        {
            errors.Add(nameof(caller.Roles), "is empty", $"one or more of {string.Join(", ", RoleNames.All)}");
        }

        foreach (var role in caller.Roles.Where(role => !RoleNames.TryParse(role, out _)))
        {
            errors.Add(nameof(caller.Roles), $"names the unknown role '{role}'", $"one or more of {string.Join(", ", RoleNames.All)}");
        }

        if (caller.Limits.RatePerSecond <= 0 || caller.Limits.Burst <= 0 || caller.Limits.Concurrency <= 0)
        {
            errors.Add(nameof(caller.Limits), "holds a limit that is not positive", "positive numbers; leave out what is not limited");
        }
    }

    private static void CheckName(string? name, string setting, SettingErrors errors)
    {
        try
        {
            _ = name is null ? null : DistinguishedName.Parse(name);
        }
        catch (CryptographicException)
        {
            errors.Add(setting, $"'{name}' is not a distinguished name", "for example 'CN=portal, O=Bank'");
        }
    }
}
