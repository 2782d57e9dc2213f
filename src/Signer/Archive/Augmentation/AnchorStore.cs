using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Paths;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>The trust anchors and known data of the settings, read once.</summary>
public sealed class AnchorStore
{
    private static readonly string[] CertificateEndings = [".cer", ".crt", ".pem"];

    public AnchorStore(ArchiveOptions options)
    {
        var anchors = new List<TrustAnchor>();
        foreach (var file in Expand(options.TrustAnchors, CertificateEndings))
        {
            anchors.Add(TrustAnchor.From(Read(file)));
        }

        Anchors = anchors;
        foreach (var file in Expand(options.KnownData, [.. CertificateEndings, ".crl"]))
        {
            var added = file.EndsWith(".crl", StringComparison.OrdinalIgnoreCase)
                ? Known.TryAddCrl(File.ReadAllBytes(file))
                : Known.TryAddCertificate(File.ReadAllBytes(file));
            if (!added)
            {
                throw new InvalidDataException($"Signer:Archive:KnownData: {file} is no certificate or CRL.");
            }
        }
    }

    public IReadOnlyList<TrustAnchor> Anchors { get; }

    /// <summary>Only read after this constructor.</summary>
    public CollectedSource Known { get; } = new();

    private static Certificate Read(string file)
    {
        try
        {
            return Certificate.Parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is MalformedException or FormatException)
        {
            throw new InvalidDataException($"Signer:Archive:TrustAnchors: {file} is no certificate: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Expand(IEnumerable<string> paths, string[] endings) =>
        paths.SelectMany(path =>
            Directory.Exists(path)
                ? Directory
                    .EnumerateFiles(path)
                    .Where(f => endings.Contains(Path.GetExtension(f).ToLowerInvariant()))
                    .Order(StringComparer.Ordinal)
                : (IEnumerable<string>)[path]
        );
}
