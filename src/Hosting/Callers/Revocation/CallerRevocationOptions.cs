using EContract.Hosting.Settings;

namespace EContract.Hosting.Callers.Revocation;

/// <summary>
/// Section <c>CallerRevocation</c>, for a process without the role <c>ca</c>: how it learns of callers' certificates that were revoked.
/// (With the role, its own records tell.)
/// </summary>
public sealed class CallerRevocationOptions
{
    /// <summary>Addresses of the complete CRLs of the CAs that issue callers' certificates, for example <c>http://ca:7080/crl/infrastructure.crl</c>.</summary>
    public List<string> Crls { get; set; } = [];

    /// <summary>Take callers' certificates for good until they expire. It must be said: there is no silent default.</summary>
    public bool Unchecked { get; set; }

    /// <summary>How often the lists are fetched.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after its nextUpdate a list is still believed. Then callers of that CA are refused until there is a newer one.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Deadline of one fetch.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest list, in bytes.</summary>
    public int MaxSize { get; set; } = 16 * 1024 * 1024;

    internal static void Check(CallerRevocationOptions options, SettingErrors errors)
    {
        errors.Require(
            options.Unchecked == (options.Crls.Count == 0),
            nameof(Crls),
            options.Unchecked ? "contradicts Unchecked" : "is empty",
            "the addresses of the CRLs of the CAs that issue callers' certificates; or Unchecked alone, if their revocation is of no account here"
        );
        foreach (var address in options.Crls.Where(address => !IsAddress(address)))
        {
            errors.Add(nameof(Crls), $"'{address}' is not an address", "for example 'http://ca:7080/crl/infrastructure.crl'");
        }

        foreach (var (name, duration) in new[] { (nameof(Interval), options.Interval), (nameof(Timeout), options.Timeout) })
        {
            errors.Require(duration > TimeSpan.Zero, name, $"is {duration}", "a duration above zero, for example '00:01:00'");
        }

        errors.Require(options.Grace >= TimeSpan.Zero, nameof(Grace), $"is {options.Grace}", "zero or more");
        errors.Require(options.MaxSize >= 1024, nameof(MaxSize), $"is {options.MaxSize}", "1024 or more");
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https");
}
