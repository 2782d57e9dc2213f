using EContract.Hosting.Errors;

namespace EContract.Signer.Archive.Locations;

/// <summary>The configured stores by scheme.</summary>
public sealed class DocumentLocations : IDisposable
{
    private readonly Dictionary<string, IDocumentLocation> _byScheme;

    public DocumentLocations(ArchiveOptions options)
    {
        var found = new List<IDocumentLocation>();
        if (options.Locations.Directory is { } directory)
        {
            found.Add(new DirectoryLocation(directory));
        }

        if (options.Locations.S3 is { } s3)
        {
            found.Add(new S3Location(s3));
        }

        _byScheme = found.ToDictionary(location => location.Scheme, StringComparer.Ordinal);
    }

    /// <exception cref="ServiceException">INVALID_ARGUMENT: no such store is configured.</exception>
    public IDocumentLocation Of(ArchiveLocation location) =>
        _byScheme.TryGetValue(location.Scheme, out var found)
            ? found
            : throw ServiceException.Invalid("location", $"This server has no store for '{location.Scheme}:' (Signer:Archive:Locations).");

    public void Dispose()
    {
        foreach (var disposable in _byScheme.Values.OfType<IDisposable>())
        {
            disposable.Dispose();
        }
    }
}
