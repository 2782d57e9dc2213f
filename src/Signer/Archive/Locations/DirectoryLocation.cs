using System.Globalization;
using EContract.Hosting.Errors;

namespace EContract.Signer.Archive.Locations;

/// <summary>Documents in a folder of this node or of a shared file system. A new version is written beside the old one and renamed over it.</summary>
public sealed class DirectoryLocation : IDocumentLocation
{
    private const int CopyBuffer = 128 * 1024;

    private readonly string _root;

    public DirectoryLocation(string root) => _root = Directory.CreateDirectory(root).FullName.TrimEnd(Path.DirectorySeparatorChar);

    public string Scheme => "file";

    public async Task<string> ReadAsync(ArchiveLocation location, Stream target, long maxSize, CancellationToken cancellationToken)
    {
        var path = Resolve(location);
        try
        {
            await using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                CopyBuffer,
                FileOptions.Asynchronous
            );
            if (file.Length > maxSize)
            {
                throw new ServiceException(Fault.DocumentTooLarge, $"{location} has {file.Length} bytes.");
            }

            var version = VersionOf(new FileInfo(path));
            await file.CopyToAsync(target, CopyBuffer, cancellationToken);
            return version;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ServiceException(Fault.DocumentNotFound, $"There is no {location}.", cause: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(location, e);
        }
    }

    public async Task ReplaceAsync(ArchiveLocation location, string version, Stream content, CancellationToken cancellationToken)
    {
        var path = Resolve(location);
        var beside = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            await using (
                var file = new FileStream(
                    beside,
                    FileMode.CreateNew,
                    FileAccess.Write,
                    FileShare.None,
                    CopyBuffer,
                    FileOptions.Asynchronous
                )
            )
            {
                await content.CopyToAsync(file, CopyBuffer, cancellationToken);
                // On the disk before the name: after a power cut there is the old document or the new one, never a part of it.
                file.Flush(flushToDisk: true);
            }

            if (VersionOf(new FileInfo(path)) != version)
            {
                throw new ServiceException(Fault.DocumentChanged, $"{location} was changed by somebody else in the meantime.");
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(location, e);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>The file of a location; refused where it would lie outside the folder, also by way of a link.</summary>
    private string Resolve(ArchiveLocation location)
    {
        var path = Path.GetFullPath(Path.Combine(_root, location.Path));
        var linked = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        for (var folder = Directory.GetParent(path); folder is not null && folder.FullName.Length > _root.Length; folder = folder.Parent)
        {
            if (folder.LinkTarget is not null)
            {
                throw Outside();
            }
        }

        return IsWithin(path) && IsWithin(linked) ? path : throw Outside();
    }

    private bool IsWithin(string path) => path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string VersionOf(FileInfo file) =>
        string.Create(CultureInfo.InvariantCulture, $"{(file.Exists ? file.Length : -1)}-{file.LastWriteTimeUtc.Ticks}");

    private static ServiceException Outside() => ServiceException.Invalid("location", "The path leads out of the configured folder.");

    private static ServiceException Unavailable(ArchiveLocation location, Exception cause) =>
        new(Fault.StorageUnavailable, $"{location} can't be read or written.", cause: cause);
}
