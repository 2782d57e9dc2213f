using System.Text;
using System.Text.Json;
using EContract.Pdf.Reading;
using EContract.TestKit;
using EContract.Validation.Policies;
using Xunit;

namespace EContract.Validation.Tests.Policies;

public sealed class PolicyReaderTests : IDisposable
{
    private readonly SigningWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_file_changes_what_it_names_and_nothing_else()
    {
        var policy = Read(
            """{ "name": "bank", "trustAnchors": [{ "file": "root.cer", "purposes": ["timeStamping"] }], "revocation": { "maximumAge": 3600, "pastStatus": "atIssuance" }, "allowedModification": "annotating" }"""
        );
        Assert.Equal("bank", policy.Name);
        Assert.Equal(ModificationLevel.Annotating, policy.AllowedModification);
        Assert.Equal(
            (TimeSpan.FromHours(1), PastStatus.AtIssuance, true),
            (policy.Revocation.MaximumAge, policy.Revocation.PastStatus, policy.Revocation.Required)
        );
        Assert.Equal(AnchorPurpose.TimeStamping, Assert.Single(policy.TrustAnchors).Purposes);
        Assert.Equal(ValidationPolicy.Default.Algorithms.Keys, policy.Algorithms.Keys);
    }

    [Theory]
    [InlineData("""{ "requireTimestamp": true, "requireTimeStampp": true }""")]
    [InlineData("""{ "hashes": [{ "algorithm": "SHA256" }, { "algorithm": "SHA256" }] }""")]
    [InlineData("""{ "trustAnchors": [{ "file": "nonsense" }] }""")]
    [InlineData("null")]
    [InlineData("[")]
    public void What_cannot_be_meant_is_refused(string json) => Assert.Throws<PolicyException>(() => Read(json));

    [Fact]
    public void Every_algorithm_that_the_CA_certifies_is_reliable_for_as_long_as_the_CA_lets_it()
    {
        using var algorithms = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "src", "Ca", "Profiles", "Data", "algorithms.json"))
        );
        foreach (
            var (list, ours) in new[]
            {
                ("keys", ValidationPolicy.Default.Algorithms.Keys),
                ("hashes", ValidationPolicy.Default.Algorithms.Hashes),
            }
        )
        {
            foreach (var row in algorithms.RootElement.GetProperty(list).EnumerateArray())
            {
                var name = row.GetProperty("algorithm").GetString();
                var mine = Assert.Single(ours, constraint => constraint.Algorithm == name);
                var sunset = row.TryGetProperty("sunset", out var date) ? date.GetDateTimeOffset() : (DateTimeOffset?)null;
                Assert.Equal(sunset, mine.Sunset);
            }
        }
    }

    private ValidationPolicy Read(string json) =>
        PolicyReader.Read(
            Encoding.UTF8.GetBytes(json),
            file => file == "root.cer" ? _world.Hierarchy.Root.RawData : Encoding.ASCII.GetBytes(file)
        );
}
