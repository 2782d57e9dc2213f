using System.Text.Json;
using System.Text.Json.Serialization;
using EContract.Hosting.Errors;

namespace EContract.Ca.Profiles;

/// <summary>All profiles and the algorithm policy. Read once at start; what is wrong is reported all at once.</summary>
public sealed class ProfileCatalogue
{
    private const string AlgorithmsFile = "algorithms.json";

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly Dictionary<string, CertificateProfile> _profiles;

    private ProfileCatalogue(Dictionary<string, CertificateProfile> profiles, AlgorithmPolicy algorithms)
    {
        _profiles = profiles;
        Algorithms = algorithms;
    }

    public AlgorithmPolicy Algorithms { get; }

    public IEnumerable<CertificateProfile> Profiles => _profiles.Values.OrderBy(p => p.Name, StringComparer.Ordinal);

    /// <exception cref="ServiceException"><see cref="Fault.ProfileUnknown"/>.</exception>
    public CertificateProfile Get(string name) =>
        _profiles.GetValueOrDefault(name)
        ?? throw new ServiceException(Fault.ProfileUnknown, $"there is no profile {name}", ("profile", name));

    public bool Contains(string name) => _profiles.ContainsKey(name);

    /// <summary>The profiles that come with the software, each replaced by the file of the same name in <paramref name="directory"/>, if given.</summary>
    /// <exception cref="ProfileException">Names every error in every file.</exception>
    public static ProfileCatalogue Load(string? directory = null)
    {
        var files = new SortedDictionary<string, Func<Stream>>(StringComparer.Ordinal);
        var assembly = typeof(ProfileCatalogue).Assembly;
        const string prefix = "profiles/";
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            files[resource[prefix.Length..]] = () => assembly.GetManifestResourceStream(resource)!;
        }

        if (directory is not null)
        {
            foreach (var path in Directory.EnumerateFiles(directory, "*.json"))
            {
                files[Path.GetFileName(path)] = () => File.OpenRead(path);
            }
        }

        return Read(files);
    }

    private static ProfileCatalogue Read(IReadOnlyDictionary<string, Func<Stream>> files)
    {
        var errors = new List<string>();
        var profiles = new Dictionary<string, CertificateProfile>(StringComparer.Ordinal);
        AlgorithmPolicy? algorithms = null;
        foreach (var (file, open) in files)
        {
            if (file == AlgorithmsFile)
            {
                algorithms = ReadFile<AlgorithmPolicy>(file, open, errors);
                errors.AddRange(algorithms?.FindErrors().Select(error => $"{file}: {error}") ?? []);
            }
            else if (ReadFile<CertificateProfile>(file, open, errors) is { } profile)
            {
                errors.AddRange(ProfileValidator.Validate(profile).Select(error => $"{file}: {error}"));
                if (!profiles.TryAdd(profile.Name, profile))
                {
                    errors.Add($"{file}: the name {profile.Name} is taken");
                }
            }
        }

        if (algorithms is null && !errors.Exists(e => e.StartsWith(AlgorithmsFile, StringComparison.Ordinal)))
        {
            errors.Add($"{AlgorithmsFile} is missing");
        }

        return errors.Count == 0 ? new(profiles, algorithms!) : throw new ProfileException(errors);
    }

    private static T? ReadFile<T>(string file, Func<Stream> open, List<string> errors)
        where T : class
    {
        try
        {
            using var stream = open();
            return JsonSerializer.Deserialize<T>(stream, Json) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            errors.Add($"{file}: {e.Message}");
            return null;
        }
    }
}
