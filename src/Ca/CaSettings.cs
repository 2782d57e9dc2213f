using EContract.Ca.Issuance;
using EContract.Ca.Ocsp;
using EContract.Ca.Registration;
using EContract.Ca.Repository;
using EContract.Ca.Revocation;
using EContract.Hosting.Settings;

namespace EContract.Ca;

/// <summary>Judges the section <c>Ca</c> and its parts.</summary>
internal static class CaSettings
{
    public static void Check(CaOptions options, SettingErrors errors)
    {
        RequireDirectory(options.Hierarchy, nameof(options.Hierarchy), errors);
        RequireDirectory(options.Profiles, nameof(options.Profiles), errors);
    }

    public static void Check(RegistrationOptions options, SettingErrors errors)
    {
        foreach (var kind in options.WithoutApproval.Except(ChangeOperation.Kinds))
        {
            errors.Add(nameof(options.WithoutApproval), $"names '{kind}'", $"one or more of {string.Join(", ", ChangeOperation.Kinds)}");
        }

        RequirePositive(options.ApplicationLifetime, nameof(options.ApplicationLifetime), errors);
    }

    public static void Check(IssuanceOptions options, SettingErrors errors)
    {
        RequirePositive(options.PlanGrace, nameof(options.PlanGrace), errors);
        errors.Require(
            options.PlanLifetime > options.PlanGrace,
            nameof(options.PlanLifetime),
            $"is {options.PlanLifetime}",
            "longer than PlanGrace"
        );
    }

    public static void Check(CrlOptions options, SettingErrors errors)
    {
        RequirePositive(options.Interval, nameof(options.Interval), errors);
        RequirePositive(options.DeltaInterval, nameof(options.DeltaInterval), errors);
        // A relying party must never be left between two lists.
        errors.Require(options.Validity > options.Interval, nameof(options.Validity), $"is {options.Validity}", "longer than Interval");
        errors.Require(
            options.DeltaValidity > options.DeltaInterval,
            nameof(options.DeltaValidity),
            $"is {options.DeltaValidity}",
            "longer than DeltaInterval"
        );
    }

    public static void Check(OcspOptions options, SettingErrors errors)
    {
        RequirePositive(options.Validity, nameof(options.Validity), errors);
        RequirePositive(options.MaxStaleness, nameof(options.MaxStaleness), errors);
        errors.Require(
            options.CacheLifetime >= TimeSpan.Zero && options.CacheLifetime < options.Validity,
            nameof(options.CacheLifetime),
            $"is {options.CacheLifetime}",
            "shorter than Validity; '00:00:00' signs every answer anew"
        );
        errors.Require(options.HttpMaxAge >= TimeSpan.Zero, nameof(options.HttpMaxAge), $"is {options.HttpMaxAge}", "zero or more");
        errors.Require(options.CacheEntries >= 1, nameof(options.CacheEntries), $"is {options.CacheEntries}", "1 or more");
        errors.Require(options.MaxCertificates >= 1, nameof(options.MaxCertificates), $"is {options.MaxCertificates}", "1 or more");
    }

    public static void Check(RepositoryOptions options, SettingErrors errors) =>
        errors.Require(
            options.PracticeStatement.Length == 0 || File.Exists(options.PracticeStatement),
            nameof(options.PracticeStatement),
            $"'{options.PracticeStatement}' does not exist",
            "a .html, .md, .txt or .pdf file"
        );

    private static void RequireDirectory(string path, string name, SettingErrors errors) =>
        errors.Require(path.Length == 0 || Directory.Exists(path), name, $"'{path}' does not exist", "a directory");

    private static void RequirePositive(TimeSpan duration, string name, SettingErrors errors) =>
        errors.Require(duration > TimeSpan.Zero, name, $"is {duration}", "a duration above zero, for example '00:10:00'");
}
