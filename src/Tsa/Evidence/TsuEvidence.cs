using System.Security.Cryptography;
using EContract.Tsa.Units;

namespace EContract.Tsa.Evidence;

/// <summary>The events of a unit's keys.</summary>
internal static class TsuEvidence
{
    public static TsaEvent KeyLoaded(Tsu unit, TsuKey key, TsuKey? before) =>
        new(
            "tsu_key.loaded",
            "tsu",
            unit.Name,
            true,
            new Dictionary<string, string>
            {
                ["label"] = key.Key.Label,
                ["algorithm"] = key.Algorithm.ToString(),
                ["certificate_serial"] = key.Certificate.Serial,
                ["certificate_sha256"] = Convert.ToHexString(SHA256.HashData(key.Certificate.Chain[0].Span)),
                ["usable_until"] = key.Certificate.UsableUntil.ToString("O"),
                ["policies"] = string.Join(' ', unit.Options.Policies),
                ["accuracy"] = unit.Options.Accuracy.ToString("c"),
                ["replaces"] = before?.Certificate.Serial ?? "",
            }
        );

    public static TsaEvent KeyEnded(Tsu unit, TsuKey key) =>
        new(
            "tsu_key.ended",
            "tsu",
            unit.Name,
            true,
            new Dictionary<string, string>
            {
                ["label"] = key.Key.Label,
                ["certificate_serial"] = key.Certificate.Serial,
                ["usable_until"] = key.Certificate.UsableUntil.ToString("O"),
            }
        );
}
