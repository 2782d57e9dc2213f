using System.Text.Json;
using EContract.Ca.Profiles;

namespace EContract.Ca.Ceremony;

/// <summary>What ceremonies have made so far: the Ca role reads it at start. Paths are relative to the file's directory.</summary>
public sealed record HierarchyFile
{
    public const string Name = "hierarchy.json";

    public required string BaseUrl { get; init; }

    public IReadOnlyList<HierarchyAuthority> Authorities { get; init; } = [];

    /// <summary>Everything else that was issued: OCSP must know it.</summary>
    public IReadOnlyList<HierarchyCertificate> Certificates { get; init; } = [];

    public static HierarchyFile? Load(string directory)
    {
        var path = Path.Combine(directory, Name);
        return File.Exists(path) ? JsonSerializer.Deserialize<HierarchyFile>(File.ReadAllBytes(path), ProfileCatalogue.Json) : null;
    }

    internal void Save(string directory) =>
        DurableFile.Write(Path.Combine(directory, Name), JsonSerializer.SerializeToUtf8Bytes(this, DurableFile.Indented));
}
