namespace EContract.Signer.Archive.Locations;

/// <summary>A store that documents come from and go back to.</summary>
public interface IDocumentLocation
{
    /// <summary>What locations in it begin with.</summary>
    string Scheme { get; }

    /// <summary>Copies the document into a stream.</summary>
    /// <returns>What tells this version from others, for <see cref="ReplaceAsync"/>.</returns>
    /// <exception cref="Hosting.Errors.ServiceException">DOCUMENT_NOT_FOUND, DOCUMENT_TOO_LARGE, STORAGE_UNAVAILABLE; INVALID_ARGUMENT outside the store.</exception>
    Task<string> ReadAsync(ArchiveLocation location, Stream target, long maxSize, CancellationToken cancellationToken);

    /// <summary>Puts a new version in the place of the one that was read: all of it or nothing.</summary>
    /// <param name="version">What <see cref="ReadAsync"/> gave.</param>
    /// <param name="content">From its first byte, seekable.</param>
    /// <exception cref="Hosting.Errors.ServiceException">DOCUMENT_CHANGED: it is another one by now; STORAGE_UNAVAILABLE.</exception>
    Task ReplaceAsync(ArchiveLocation location, string version, Stream content, CancellationToken cancellationToken);
}
