using System.Text.Json;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.TestKit;
using EContract.Validation.Paths;
using Xunit;

namespace EContract.Validation.Tests.Paths;

/// <summary>
/// The NIST Public Key Interoperability Test Suite, every case of both lists in shared/pkits. Cases that need a policy input
/// (33 of the first list, all but a few of the user notice list) say so in their <c>params</c>; the other cases run with the
/// default inputs: any policy, explicit policy not required.
/// </summary>
public sealed class PkitsTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Shared, "pkits");

    // Within the validity of the suite's certificates (2010 to 2030).
    private static readonly DateTimeOffset Time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Cases => Names("pkits.json");

    public static TheoryData<string> NoticeCases => Names("pkits-user-notice.json");

    [Fact]
    public void Both_lists_are_whole() => Assert.Equal((246, 10), (Cases.Count, NoticeCases.Count));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_path_is_judged_as_the_suite_says(string name)
    {
        var test = Find("pkits.json", name);
        var result = Validate(test);
        if (!test.TryGetProperty("error", out var error))
        {
            Assert.Null(result.Problem);
            // path_len counts the anchor, too.
            Assert.Equal(test.GetProperty("path_len").GetInt32(), result.Path.Count + 1);
            return;
        }

        Assert.NotNull(result.Problem);
        var kind = result.Problem.Failure switch
        {
            PathFailure.Revoked => "RevokedError",
            PathFailure.NoRevocationInformation => "InsufficientRevinfoError",
            PathFailure.StaleRevocationInformation => "StaleRevinfoError",
            _ => "PathValidationError",
        };
        // The list's author counts a CRL past its nextUpdate as no information in one case, and says in words what it is.
        var words = error.GetProperty("msg_regex").GetString()!;
        var expected = words.Contains("not recent enough", StringComparison.Ordinal)
            ? "StaleRevinfoError"
            : error.GetProperty("class").GetString();
        Assert.True(expected == kind, $"{result.Problem} where {words} was expected");
    }

    [Theory]
    [MemberData(nameof(NoticeCases))]
    public void The_notice_of_a_valid_policy_can_be_shown(string name)
    {
        var test = Find("pkits-user-notice.json", name);
        var result = Validate(test);
        Assert.Null(result.Problem);
        Assert.Contains(test.GetProperty("notice").GetString(), result.Policies.SelectMany(policy => policy.UserNotices));
    }

    private static PathResult Validate(JsonElement test)
    {
        var certificates = Strings(test, "other_certs").Select(file => ReadCertificate(file));
        var crls = Strings(test, "crls")
            .Append("TrustAnchorRootCRL.crl")
            .Select(file => CertificateRevocationList.Decode(Read("crls", file)));
        var parameters = test.TryGetProperty("params", out var given) ? given : default;
        var validator = new PathValidator(
            new CertificatePool(certificates, crls),
            new PathParameters
            {
                Time = Time,
                TrustAnchors = [TrustAnchor.From(ReadCertificate("TrustAnchorRootCertificate.crt"))],
                InitialPolicies = Strings(parameters, "user_initial_policy_set") is { Count: > 0 } policies ? policies.ToHashSet() : null,
                InitialExplicitPolicy = Flag(parameters, "initial_explicit_policy", false),
                InitialPolicyMappingInhibit = Flag(parameters, "initial_policy_mapping_inhibit", false),
                InitialAnyPolicyInhibit = Flag(parameters, "initial_any_policy_inhibit", false),
                CheckRevocation = Flag(test, "revocation", true),
            }
        );
        return validator.Validate(ReadCertificate(test.GetProperty("cert").GetString()!));
    }

    private static Certificate ReadCertificate(string file) => Certificate.Decode(Read("certs", file));

    private static byte[] Read(string folder, string file) => File.ReadAllBytes(Path.Combine(Folder, folder, file));

    private static TheoryData<string> Names(string file) => [.. Load(file).Select((test, index) => NameOf(test, index))];

    private static JsonElement Find(string file, string name) => Load(file).Where((test, index) => NameOf(test, index) == name).Single();

    private static string NameOf(JsonElement test, int index) =>
        $"{index:000} {test.GetProperty("id").GetString()} {test.GetProperty("name").GetString()}";

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
