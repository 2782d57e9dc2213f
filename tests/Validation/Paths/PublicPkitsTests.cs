using System.Text.Json;
using EContract.Pki.X509;
using EContract.TestKit;
using EContract.Validation.Conclusions;
using EContract.Validation.Paths;
using EContract.Validation.Policies;
using EContract.Validation.Sources;
using Xunit;

namespace EContract.Validation.Tests.Paths;

/// <summary>Every case of shared/pkits through <see cref="SignatureValidator.ValidateCertificateAsync"/>: what the suite calls valid passes, nothing else does.</summary>
public sealed class PublicPkitsTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Shared, "pkits");
    private static readonly DateTimeOffset Time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, int> Cases =>
        [.. new[] { "pkits.json", "pkits-user-notice.json" }.SelectMany(file => Load(file).Select((_, index) => (file, index)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_public_call_judges_as_the_suite_says(string file, int index)
    {
        var test = Load(file)[index];
        var material = new CollectedSource();
        Strings(test, "other_certs").ForEach(name => Assert.True(material.TryAddCertificate(Read("certs", name))));
        Strings(test, "crls").Append("TrustAnchorRootCRL.crl").Distinct().ToList().ForEach(name => material.TryAddCrl(Read("crls", name)));
        var validator = new SignatureValidator(PolicyOf(test), TimeProvider.System);

        var report = await validator.ValidateCertificateAsync(
            Read("certs", test.GetProperty("cert").GetString()!),
            request: new ValidationRequest { At = Time, Material = material },
            cancellationToken: TestContext.Current.CancellationToken
        );

        if (!test.TryGetProperty("error", out var error))
        {
            Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
            Assert.Equal("CN=Trust Anchor,O=Test Certificates 2011,C=US", report.Certificate!.TrustAnchor!.Tbs.Subject.ToString());
            return;
        }

        Assert.Equal(Indication.Indeterminate, report.Conclusion.Indication);
        SubIndication[] expected = error.GetProperty("class").GetString() switch
        {
            "RevokedError" when report.Conclusion.Findings[0].Code == FindingCode.CertificateOnHold => [SubIndication.TryLater],
            "RevokedError" => [SubIndication.RevokedNoPoe, SubIndication.RevokedCaNoPoe],
            "InsufficientRevinfoError" or "StaleRevinfoError" => [SubIndication.TryLater],
            _ =>
            [
                SubIndication.CertificateChainGeneralFailure,
                SubIndication.ChainConstraintsFailure,
                SubIndication.NoCertificateChainFound,
                SubIndication.OutOfBoundsNoPoe,
            ],
        };
        Assert.Contains(report.Conclusion.SubIndication!.Value, expected);
        Assert.NotEmpty(report.Conclusion.Findings);
    }

    /// <summary>The suite's own constraints; its algorithms are older than our policy's list.</summary>
    private static ValidationPolicy PolicyOf(JsonElement test)
    {
        var parameters = test.TryGetProperty("params", out var given) ? given : default;
        var algorithms = ValidationPolicy.Default.Algorithms;
        return ValidationPolicy.Default.Trusting(
            new PolicyAnchor(TrustAnchor.From(Certificate.Decode(Read("certs", "TrustAnchorRootCertificate.crt"))))
        ) with
        {
            Name = "PKITS",
            Algorithms = new AlgorithmConstraints(
                [.. algorithms.Keys.Select(row => row with { Sunset = null }), new("DSA-1024")],
                [.. algorithms.Hashes.Select(row => row with { Sunset = null })]
            ),
            Revocation = new RevocationConstraints { Required = Flag(test, "revocation", true) },
            Paths = new PathConstraints
            {
                AcceptablePolicies = Strings(parameters, "user_initial_policy_set") is { Count: > 0 } policies
                    ? policies.ToHashSet()
                    : null,
                RequireExplicitPolicy = Flag(parameters, "initial_explicit_policy", false),
                InhibitPolicyMapping = Flag(parameters, "initial_policy_mapping_inhibit", false),
                InhibitAnyPolicy = Flag(parameters, "initial_any_policy_inhibit", false),
            },
        };
    }

    private static byte[] Read(string folder, string file) => File.ReadAllBytes(Path.Combine(Folder, folder, file));

    private static List<JsonElement> Load(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file)));
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }

    private static List<string> Strings(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var list)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : [];

    private static bool Flag(JsonElement element, string property, bool otherwise) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var flag) ? flag.GetBoolean() : otherwise;
}
