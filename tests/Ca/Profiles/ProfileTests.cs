using EContract.Ca.Profiles;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Profiles;

public sealed class ProfileTests
{
    [Fact]
    public void The_profiles_that_come_with_the_software_are_valid() =>
        Assert.Contains(ProfileCatalogue.Load().Profiles, p => p.Name == "subscriber-employee");

    [Fact]
    public void All_errors_of_all_files_are_named_at_once()
    {
        using var folder = new TemporaryFolder();
        folder.Write("broken.json", "{ \"name\": 1 }");
        folder.Write(
            "odd.json",
            """
            { "name": "Odd Name", "description": "", "authority": "subscribers", "validity": { "days": 0 }, "keys": ["RSA-1024"],
              "key_usage": ["keyCertSign", "flying"], "subject": [{ "type": "XX", "value": "{nonsense}" }] }
            """
        );
        folder.Write(
            "algorithms.json",
            """{ "keys": [{ "algorithm": "RSA-1024" }, { "algorithm": "P-256" }, { "algorithm": "P-256" }], "hashes": [] }"""
        );
        var errors = Assert.Throws<ProfileException>(() => ProfileCatalogue.Load(folder.Path)).Errors;
        Assert.Contains("algorithms.json: keys: RSA-1024 is none of RSA-2048, RSA-3072, RSA-4096, P-256, P-384", errors);
        Assert.Contains("algorithms.json: keys: P-256 is there 2 times", errors);
        Assert.Contains("algorithms.json: hashes is empty", errors);
        Assert.Contains(errors, e => e.StartsWith("broken.json", StringComparison.Ordinal));
        foreach (var expected in new[] { "kebab-case", "RSA-1024", "validity.days", "flying", "XX", "nonsense" })
        {
            Assert.Contains(
                errors,
                e => e.StartsWith("odd.json", StringComparison.Ordinal) && e.Contains(expected, StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void A_file_of_the_same_name_replaces_the_profile()
    {
        using var folder = new TemporaryFolder();
        folder.Write(
            "tls-client.json",
            """
            { "name": "tls-client", "description": "short", "authority": "infrastructure", "validity": { "days": 7 }, "keys": ["P-256"],
              "key_usage": ["digitalSignature"] }
            """
        );
        Assert.Equal(7, ProfileCatalogue.Load(folder.Path).Get("tls-client").Validity.Days);
    }
}
