using EContract.TestKit;

namespace EContract.Ca.Tests;

/// <summary>A CA of some days ago whose subscribers' certificates run one day: they are over for tools that read the machine's clock.</summary>
internal static class ShortLived
{
    public static ManualTime DaysAgo(int days) => new(DateTimeOffset.UtcNow.AddDays(-days));

    public static async Task<CaHost> StartAsync(ManualTime time)
    {
        // Profiles are read once, when the role is built.
        using var profiles = new TemporaryFolder();
        profiles.Write(
            "subscriber-individual.json",
            """
            { "name": "subscriber-individual", "description": "one day", "authority": "subscribers", "subscriber_kinds": ["individual"],
              "subject": [{ "type": "C", "value": "JP" }, { "type": "CN", "value": "{name}" }],
              "subject_alt_names": [{ "form": "email", "value": "{email}" }], "validity": { "days": 1 }, "keys": ["P-256"],
              "key_usage": ["nonRepudiation"], "extended_key_usage": { "purposes": ["1.3.6.1.5.5.7.3.4"] },
              "policies": [{ "oid": "2.999.1.1.1", "cps": "{base_url}/cps" }], "crl": "sharded", "ocsp": true, "ca_issuers": true }
            """
        );
        return await CaHost.StartAsync(settings => settings["Ca:Profiles"] = profiles.Path, time);
    }
}
