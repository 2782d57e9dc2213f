using System.Text.Json;
using System.Text.Json.Serialization;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Paths;

namespace EContract.Validation.Policies;

/// <summary>Reads validation policies. An unknown member is an error: a misspelt constraint must not be silently left out.</summary>
public static class PolicyReader
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <param name="json">The policy's text.</param>
    /// <param name="open">Gives the bytes of a certificate file that the policy names.</param>
    /// <exception cref="PolicyException">The text is no policy, or a trust anchor can't be read.</exception>
    public static ValidationPolicy Read(ReadOnlyMemory<byte> json, Func<string, byte[]> open) =>
        Apply(Parse(json.Span), ValidationPolicy.Default, open);

    /// <summary>Reads a policy's file; the certificates that it names lie beside it.</summary>
    /// <exception cref="PolicyException">The file is no policy, or a trust anchor can't be read.</exception>
    public static ValidationPolicy ReadFile(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Read(Load(path), name => Load(Path.Combine(folder, name)));
    }

    internal static ValidationPolicy ReadBuiltIn()
    {
        using var stream = typeof(PolicyReader).Assembly.GetManifestResourceStream("EContract.Validation.Policies.Data.default.json")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var file = Parse(copy.ToArray());
        var bare = new ValidationPolicy { Name = file.Name!, Algorithms = new AlgorithmConstraints(file.Keys!, file.Hashes!) };
        return Apply(file, bare, _ => []);
    }

    private static byte[] Load(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PolicyException($"{path} can't be read", e);
        }
    }

    private static PolicyFile Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<PolicyFile>(json, Options) ?? throw new PolicyException("the policy is empty");
        }
        catch (JsonException e)
        {
            throw new PolicyException($"the policy can't be read: {e.Message}", e);
        }
    }

    private static ValidationPolicy Apply(PolicyFile file, ValidationPolicy basis, Func<string, byte[]> open)
    {
        var revocation = file.Revocation;
        var paths = file.Paths;
        return basis with
        {
            Name = file.Name ?? basis.Name,
            Algorithms = Algorithms(file, basis.Algorithms),
            TrustAnchors = [.. basis.TrustAnchors, .. (file.TrustAnchors ?? []).Select(entry => ReadAnchor(entry, open))],
            Revocation = new RevocationConstraints
            {
                Required = revocation?.Required ?? basis.Revocation.Required,
                MaximumAge = revocation?.MaximumAge is { } age ? TimeSpan.FromSeconds(age) : basis.Revocation.MaximumAge,
                PastStatus = revocation?.PastStatus ?? basis.Revocation.PastStatus,
            },
            Paths = paths is null
                ? basis.Paths
                : new PathConstraints
                {
                    AcceptablePolicies = paths.AcceptablePolicies?.ToHashSet(StringComparer.Ordinal),
                    RequireExplicitPolicy = paths.RequireExplicitPolicy,
                    InhibitPolicyMapping = paths.InhibitPolicyMapping,
                    InhibitAnyPolicy = paths.InhibitAnyPolicy,
                },
            AllowedModification = file.AllowedModification ?? basis.AllowedModification,
            RequireTimeStamp = file.RequireTimeStamp ?? basis.RequireTimeStamp,
            MaximumTimeStampDelay = file.MaximumTimeStampDelay is { } delay ? TimeSpan.FromSeconds(delay) : basis.MaximumTimeStampDelay,
        };
    }

    private static AlgorithmConstraints Algorithms(PolicyFile file, AlgorithmConstraints basis)
    {
        try
        {
            return new AlgorithmConstraints(file.Keys ?? basis.Keys, file.Hashes ?? basis.Hashes);
        }
        catch (ArgumentException e)
        {
            throw new PolicyException("an algorithm is listed twice, or has no name", e);
        }
    }

    private static PolicyAnchor ReadAnchor(PolicyFile.AnchorEntry entry, Func<string, byte[]> open)
    {
        try
        {
            var purposes = entry.Purposes is { Count: > 0 } named ? named.Aggregate((left, right) => left | right) : AnchorPurpose.All;
            return new PolicyAnchor(TrustAnchor.From(Certificate.Parse(open(entry.File))), purposes);
        }
        catch (Exception e) when (e is MalformedException or FormatException)
        {
            throw new PolicyException($"the trust anchor {entry.File} is no certificate", e);
        }
    }
}
