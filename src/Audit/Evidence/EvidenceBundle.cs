using System.IO.Compression;
using System.Text.Json;

namespace EContract.Audit.Evidence;

/// <summary>
/// An evidence bundle in memory: a ZIP (<c>*.evidence.zip</c>) with <c>manifest.json</c>, a readme, and every piece as a file of its own,
/// so that openssl and any ASN.1 tool can check each of them.
/// </summary>
public sealed class EvidenceBundle(EvidenceManifest manifest, IReadOnlyDictionary<string, byte[]> files)
{
    private const string ManifestFile = "manifest.json";
    private const int MaxFileSize = 16 * 1024 * 1024;
    private const int MaxFiles = 10_000;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public EvidenceManifest Manifest { get; } = manifest;

    /// <summary>Content by name, without the manifest.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; } = files;

    public byte[] Write()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "README.txt", EvidenceReadme.Text());
            Add(zip, ManifestFile, JsonSerializer.SerializeToUtf8Bytes(Manifest, Json));
            foreach (var (name, content) in Files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                Add(zip, name, content);
            }
        }

        return memory.ToArray();
    }

    /// <exception cref="InvalidDataException">This is not an evidence bundle.</exception>
    public static EvidenceBundle Read(Stream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Count > MaxFiles)
        {
            throw new InvalidDataException("The bundle holds more files than any can.");
        }

        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            if (!files.TryAdd(entry.FullName, ReadEntry(entry)))
            {
                throw new InvalidDataException($"The bundle holds '{entry.FullName}' twice.");
            }
        }

        if (!files.Remove(ManifestFile, out var json))
        {
            throw new InvalidDataException("The bundle has no manifest.json.");
        }

        try
        {
            var manifest = JsonSerializer.Deserialize<EvidenceManifest>(json, Json);
            return manifest is { Format: EvidenceManifest.FormatName }
                ? new EvidenceBundle(manifest, files)
                : throw new InvalidDataException($"The bundle's format is '{manifest?.Format}', not '{EvidenceManifest.FormatName}'.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"manifest.json can't be read: {exception.Message}", exception);
        }
    }

    private static byte[] ReadEntry(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        // The declared length of a ZIP entry may lie: what comes out is what counts.
        while (content.Read(buffer) is var read && read > 0)
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > MaxFileSize)
            {
                throw new InvalidDataException($"'{entry.FullName}' is larger than any file of a bundle.");
            }
        }

        return memory.ToArray();
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(content);
    }
}
